#include "properties/cases/shrink.h"

#include <algorithm>

namespace gantry::properties::cases {

namespace {

/// Adds a copy of `c` without each block of `width` entries of one of its lists.
template <class T>
void without_blocks(const Case& c, std::vector<T> Case::* list, std::size_t width, std::vector<Case>& into) {
  const std::size_t size = (c.*list).size();
  for (std::size_t begin = 0; begin < size; begin += width) {
    Case less = c;
    auto& rest = less.*list;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(begin),
               rest.begin() + static_cast<std::ptrdiff_t>(std::min(begin + width, size)));
    into.push_back(std::move(less));
  }
}

bool named_by_a_fault(const Case& c, const std::string& machine) {
  return std::ranges::any_of(c.faults,
                             [&](const auto& f) { return f.target == machine || f.peer == machine; });
}

template <class T>
void without_idle_nodes(const Case& c, std::vector<T> Case::* list, std::size_t keep, auto needed,
                        std::vector<Case>& into) {
  for (std::size_t i = 0; i < (c.*list).size() && (c.*list).size() > keep; ++i) {
    const T& node = (c.*list)[i];
    if (named_by_a_fault(c, node.name) || needed(node)) continue;
    Case less = c;
    (less.*list).erase((less.*list).begin() + static_cast<std::ptrdiff_t>(i));
    into.push_back(std::move(less));
  }
}

}  // namespace

std::vector<Case> smaller(const Case& c) {
  std::vector<Case> cases;
  for (std::size_t width = std::max(c.faults.size(), c.sends.size()) / 2; width >= 1; width /= 2) {
    if (width <= c.faults.size()) without_blocks(c, &Case::faults, width, cases);
    if (width <= c.sends.size()) without_blocks(c, &Case::sends, width, cases);
  }
  const auto no = [](const auto&) { return false; };
  const auto sends_something = [&](const ProducerSpec& p) {
    return std::ranges::any_of(c.sends, [&](const Send& s) { return s.producer == p.name; });
  };
  without_idle_nodes(c, &Case::producers, 0, sends_something, cases);
  without_idle_nodes(c, &Case::consumers, 1, no, cases);
  without_idle_nodes(c, &Case::brokers, 1, no, cases);
  without_idle_nodes(c, &Case::namesrvs, 1, no, cases);
  return cases;
}

}  // namespace gantry::properties::cases

#include <gantry/rebalance.h>

#include <algorithm>

namespace gantry::rebalance {
namespace {

/// The place of `self`, or members.size().
std::size_t place_of(const std::vector<std::string>& members, std::string_view self) {
  return static_cast<std::size_t>(std::ranges::find(members, self) - members.begin());
}

}  // namespace

std::vector<MessageQueue> average(const std::vector<MessageQueue>& queues,
                                  const std::vector<std::string>& members, std::string_view self) {
  const std::size_t place = place_of(members, self);
  if (place == members.size()) return {};

  const std::size_t each = queues.size() / members.size();
  const std::size_t longer = queues.size() % members.size();  // so many members take one more
  const std::size_t first = place * each + std::min(place, longer);
  const std::size_t count = each + (place < longer ? 1 : 0);
  const auto begin = queues.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

std::vector<MessageQueue> average_by_circle(const std::vector<MessageQueue>& queues,
                                            const std::vector<std::string>& members, std::string_view self) {
  std::vector<MessageQueue> mine;
  const std::size_t place = place_of(members, self);
  if (place == members.size()) return mine;
  for (std::size_t i = place; i < queues.size(); i += members.size()) mine.push_back(queues[i]);
  return mine;
}

}  // namespace gantry::rebalance

#include "properties/cases/edit_nodes.h"

#include <algorithm>

namespace gantry::properties::cases {

using sim::faults::Fault;

namespace {

bool names(const Fault& fault, const std::string& machine) {
  return fault.target == machine || fault.peer == machine;
}

bool is_named(const Case& c, const std::string& machine) {
  return std::ranges::any_of(c.faults, [&](const Fault& f) { return names(f, machine); }) ||
         std::ranges::any_of(c.sends, [&](const Send& s) { return s.producer == machine; });
}

void drop(Case& c, const std::string& machine) {
  std::erase_if(c.faults, [&](const Fault& f) { return names(f, machine); });
  std::erase_if(c.sends, [&](const Send& s) { return s.producer == machine; });
}

void rename(Case& c, const std::string& from, const std::string& to) {
  for (Fault& fault : c.faults) {
    if (fault.target == from) fault.target = to;
    if (fault.peer == from) fault.peer = to;
  }
  // Those would be about the link of a machine to itself.
  std::erase_if(c.faults, [](const Fault& f) { return f.target == f.peer; });
  for (Send& send : c.sends)
    if (send.producer == from) send.producer = to;
}

template <class Node>
std::optional<Case> without(const Case& c, std::vector<Node> Case::* list, std::size_t at, std::size_t keep,
                            bool to_sibling) {
  const std::vector<Node>& nodes = c.*list;
  const std::string name = nodes[at].name;
  if (nodes.size() <= keep) return std::nullopt;
  Case less = c;
  if (to_sibling) {
    if (nodes.size() == 1 || !is_named(c, name)) return std::nullopt;
    rename(less, name, nodes[at == 0 ? 1 : 0].name);
  } else {
    drop(less, name);
  }
  (less.*list).erase((less.*list).begin() + static_cast<std::ptrdiff_t>(at));
  return less;
}

}  // namespace

std::size_t nodes_by_ways(const Case& c) {
  return 2 * (c.consumers.size() + c.producers.size() + c.brokers.size() + c.namesrvs.size());
}

std::optional<Case> without_node(const Case& c, std::size_t place, std::size_t) {
  std::size_t node = place / 2;
  const bool to_sibling = place % 2 == 1;
  if (node < c.consumers.size()) return without(c, &Case::consumers, node, 0, to_sibling);
  node -= c.consumers.size();
  if (node < c.producers.size()) return without(c, &Case::producers, node, 0, to_sibling);
  node -= c.producers.size();
  if (node < c.brokers.size()) return without(c, &Case::brokers, node, 1, to_sibling);
  return without(c, &Case::namesrvs, node - c.brokers.size(), 1, to_sibling);
}

std::size_t topics_by_ways(const Case& c) {
  return 2 * c.topics.size();
}

std::optional<Case> without_topic(const Case& c, std::size_t place, std::size_t) {
  const std::size_t at = place / 2;
  const std::string name = c.topics[at].name;
  const auto names_it = [&](const auto& record) { return record.topic == name; };
  Case less = c;
  less.topics.erase(less.topics.begin() + static_cast<std::ptrdiff_t>(at));
  if (place % 2 == 0) {
    std::erase_if(less.sends, names_it);
    std::erase_if(less.consumers, [&](const ConsumerSpec& consumer) {
      return names_it(consumer) && !is_named(c, consumer.name);
    });
    // A consumer of it that a fault names stays, and so does the topic.
    if (std::ranges::any_of(less.consumers, names_it)) return std::nullopt;
    return less;
  }
  if (less.topics.empty() ||
      !(std::ranges::any_of(c.sends, names_it) || std::ranges::any_of(c.consumers, names_it)))
    return std::nullopt;
  for (Send& send : less.sends)
    if (send.topic == name) send.topic = less.topics.front().name;
  for (ConsumerSpec& consumer : less.consumers)
    if (consumer.topic == name) consumer.topic = less.topics.front().name;
  return less;
}

}  // namespace gantry::properties::cases

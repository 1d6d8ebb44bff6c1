// Claim:  when everything has healed, within the time that cluster_gets_well_in_time allows, every
//         NameServer lists for each topic exactly the brokers that have it, with their addresses and
//         numbers of queues. For the template of new topics it lists every broker.
// Faults: all kinds; healed at the end.
// Excuse: none.

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/message/names.h"
#include "properties/claims.h"

namespace gantry::properties {

namespace {

using Brokers = std::map<std::string, cluster::Route::Broker>;

std::string text_of(const Brokers& brokers) {
  std::string text;
  for (const auto& [name, b] : brokers)
    text += fmt::format("{}{} at {} ({} queues)", text.empty() ? "" : ", ", name, b.address, b.read_queues);
  return text.empty() ? "nobody" : text;
}

/// The brokers that ought to be listed. For a template the client chooses the number of queues, so none is
/// given.
Brokers due(const cases::Case& c, const cluster::Outcome& outcome, const std::string& topic) {
  Brokers brokers;
  const bool is_template = topic == model::message::system_topic::auto_create;
  for (const auto& broker : c.brokers) {
    std::int32_t queues = 0;
    for (const auto& queue : outcome.queues)
      if (queue.broker == broker.name && queue.topic == topic) ++queues;
    if (queues > 0 || is_template) brokers[broker.name] = {outcome.addresses.at(broker.name), queues, queues};
  }
  return brokers;
}

}  // namespace

Violation routes_converge(const cases::Case& c, const cluster::Outcome& outcome, Excuses&) {
  for (const auto& route : outcome.routes) {
    if (!route.trouble.empty())
      return fmt::format("{} was asked for the route of {}: {}", route.namesrv, route.topic, route.trouble);
    Brokers listed = route.brokers;
    if (route.topic == model::message::system_topic::auto_create)
      for (auto& [name, broker] : listed) broker.read_queues = broker.write_queues = 0;
    const Brokers expected = due(c, outcome, route.topic);
    if (listed != expected)
      return fmt::format("{} lists for {}: {}; there are: {}", route.namesrv, route.topic, text_of(listed),
                         text_of(expected));
  }
  return std::nullopt;
}

}  // namespace gantry::properties

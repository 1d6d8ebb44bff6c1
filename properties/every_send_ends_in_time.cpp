// Claim:  a send ends, with SEND_OK or with an error, within the time that its producer was given for it,
//         whatever becomes of the cluster meanwhile. Only the end of the producer's process ends a send
//         without a result, and while that process is paused the send waits.
// Faults: all kinds.
// Excuse: none. Pauses and a slow clock of the producer are part of the limit.

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <gantry/producer_options.h>

#include "properties/claims.h"
#include "properties/disturbances.h"

namespace gantry::properties {

namespace {

using cluster::Instant;
using sim::faults::Kind;

// For what waits for its turn on a node whose pause has just ended.
constexpr std::chrono::milliseconds slack{20};

/// Whether the producer's process died during this send, before it was due.
bool died(const cluster::Outcome& outcome, const cluster::Sent& sent, Instant due) {
  return std::ranges::any_of(outcome.started, [&](const cluster::Started& life) {
    return life.machine == sent.producer && sent.begun <= life.until && life.until <= due;
  });
}

/// How long a send may take in world time: the producer's timeout, on a clock that faults may make slow.
runtime::Duration limit_of(const cases::Case& c, const std::string& producer) {
  const runtime::Duration timeout = ProducerOptions{}.send_timeout;
  std::int64_t ppm = 0;
  for (const auto& fault : c.faults)
    if (fault.kind == Kind::clock_drift && fault.target == producer) ppm += std::abs(fault.amount);
  return timeout * 1'000'000 / (1'000'000 - std::min<std::int64_t>(ppm, 900'000)) + slack;
}

}  // namespace

Violation every_send_ends_in_time(const cases::Case& c, const cluster::Outcome& outcome, Excuses&) {
  for (const auto& sent : outcome.sent) {
    const runtime::Duration limit = limit_of(c, sent.producer);
    const Instant due = done_in_spite_of(outcome, sent.begun + limit, limit, [&](const auto& fault) {
      return fault.kind == Kind::pause && fault.target == sent.producer;
    });
    if (sent.ended <= due || died(outcome, sent, due)) continue;
    const std::string begun =
        fmt::format("{} sent {} at {} ms", sent.producer, sent.id, sent.begun.ns / 1'000'000);
    if (sent.ended != Instant::never())
      return fmt::format("{}, and it ended at {} ms; it was to end by {} ms", begun,
                         sent.ended.ns / 1'000'000, due.ns / 1'000'000);
    if (outcome.end > due) return fmt::format("{}, and it never ended", begun);
  }
  return std::nullopt;
}

}  // namespace gantry::properties

// Claim:  a send ends, with SEND_OK or with what went wrong, within the time that its producer was given for
//         it, whatever becomes of the cluster meanwhile. Only the end of its process ends it without a word,
//         and while its process is paused it waits.
// Faults: all kinds.

#include <algorithm>

#include <fmt/format.h>

#include "client/producer/producer.h"
#include "properties/claims.h"
#include "properties/disturbances.h"

namespace gantry::properties {

namespace {

using cluster::Instant;
using sim::faults::Kind;

// A drifting clock, and what waits for its turn on a node that has just gone on.
constexpr std::chrono::milliseconds slack{20};

/// Whether the process died in this send.
bool died(const cluster::Outcome& outcome, const cluster::Sent& sent, Instant due) {
  return std::ranges::any_of(outcome.struck, [&](const cluster::Struck& struck) {
    const Kind kind = struck.fault.kind;
    return (kind == Kind::process_kill || kind == Kind::power_loss) && struck.fault.target == sent.producer &&
           sent.begun <= struck.begun && struck.begun <= due;
  });
}

}  // namespace

Violation every_send_ends_in_time(const cases::Case&, const cluster::Outcome& outcome, Excuses&) {
  const auto limit = client::producer::ProducerOptions{}.send_timeout + slack;
  for (const auto& sent : outcome.sent) {
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

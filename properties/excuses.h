#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"
#include "properties/guarantees.h"

namespace gantry::properties {

/// Something that a claim tolerates, and why.
struct Excuse {
  /// The record of the fault that did it. 0 where no fault is needed, for example when the first members of a
  /// group find each other.
  std::int32_t fault = 0;
  Row row{};         ///< the row of docs/guarantees.md that permits it
  Harm harm{};       ///< the word in that row's cells
  std::string what;  ///< what happened to whom: "m4 lost, not synced when broker-a forgot"
};
using Excuses = std::vector<Excuse>;

/// Why this acknowledged message may be lost, or nothing.
///
/// Under ASYNC_FLUSH a broker acknowledges a message before it is synced. Such a message may be lost when the
/// broker's disk forgot what was not synced (by a loss of power or a failed sync), if the message was not
/// synced at that moment and the periodic sync that covers it was not overdue. The time in which another
/// fault kept the broker from syncing does not count. Under SYNC_FLUSH there is no excuse.
std::optional<Excuse> excuse_for_loss(const cases::Case& c, const cluster::Outcome& outcome,
                                      const cluster::Sent& sent);

/// Why `group` may never have seen this stored message, or nothing.
///
/// The message has an offset that an earlier message had, which the group saw and which a loss took back. The
/// protocol has no epoch by which a consumer could tell the second message from the first. ASYNC_FLUSH only.
std::optional<Excuse> excuse_for_skip(const cases::Case& c, const cluster::Outcome& outcome,
                                      const std::string& group, const cluster::Stored& stored);

/// Why two messages may have been seen at one offset, or nothing. One of them was there not before `first`,
/// the other not after `second`. The excuse is that the broker lost in between what was not synced.
/// ASYNC_FLUSH only.
std::optional<Excuse> excuse_for_reuse(const cases::Case& c, const cluster::Outcome& outcome,
                                       const cluster::Place& place, cluster::Instant first,
                                       cluster::Instant second);

/// Why a copy of a message may lie at `broker` although its producer was not told of it, or nothing.
///
/// A fault came between the two while the message was sent, or so shortly before that what was lost was sent
/// again. If the send ran out of time, the fault may also have come between the producer and another broker
/// that was asked first.
std::optional<Excuse> excuse_for_copy(const cases::Case& c, const cluster::Outcome& outcome,
                                      const cluster::Sent& sent, const std::string& broker);

/// Why a send may have failed, or nothing.
///
/// A fault came between its producer, the brokers and the NameServers, or had done so such a short time ago
/// that the route was not known again; or the cluster had just been started. What a broker says of the
/// message itself has no excuse.
std::optional<Excuse> excuse_for_refusal(const cases::Case& c, const cluster::Outcome& outcome,
                                         const cluster::Sent& sent);

/// Why a group may see a message again, as `again`, that it had consumed as `before`; or nothing.
///
/// A member that takes a queue continues where the group's offset was committed. It begins too early
///  - when a fault kept the offset from being committed or saved, and whoever had consumed the message let
///    go of the queue before the offset could be committed again without disturbance;
///  - when the members did not agree whose queue it is, because one of them had joined or because a fault had
///    struck a member, a broker or a NameServer. They agree again when each queue has had one owner for as
///    long as a rebalance takes; of a fault that is silent, the timers have to run out as well. Only what was
///    consumed shortly before the queue was taken is seen again, and what a listener was at work on when its
///    member let go of the queue.
/// An orderly stop of a member is no such fault, and a full or slow disk tells the members nothing.
std::optional<Excuse> excuse_for_redelivery(const cases::Case& c, const cluster::Outcome& outcome,
                                            const cluster::Consumed& before, const cluster::Consumed& again);

}  // namespace gantry::properties

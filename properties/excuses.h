#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties {

/// Something that a claim tolerates, and why: the fault record, or 0 for what needs none, such as the
/// first members of a group finding each other.
struct Excuse {
  std::int32_t fault = 0;
  std::string what;  ///< "m4 lost", and what the fault did to it
};
using Excuses = std::vector<Excuse>;

/// Why this acknowledged message may be lost, or nothing.
///
/// ASYNC_FLUSH acknowledges what the operating system has taken. So a message may be lost when its
/// broker's disk forgot what was not synced (a loss of power, a failed sync) before the periodic sync
/// after it must have ended, and its record really was not synced then. SYNC_FLUSH has no excuse.
std::optional<Excuse> excuse_for_loss(const cases::Case& c, const cluster::Outcome& outcome,
                                      const cluster::Sent& sent);

/// Why `group` may never have seen this stored message, or nothing: its offset had been given before,
/// to a message that the group saw and that a loss (as above) took back. The protocol has no epoch by
/// which a consumer could tell the second message from the first.
std::optional<Excuse> excuse_for_skip(const cases::Case& c, const cluster::Outcome& outcome,
                                      const std::string& group, const cluster::Stored& stored);

/// Why two messages may have been seen at one offset, the one not before `first` and the other not after
/// `second`: in between the broker lost what was not synced. ASYNC_FLUSH only.
std::optional<Excuse> excuse_for_reuse(const cases::Case& c, const cluster::Outcome& outcome,
                                       const cluster::Place& place, cluster::Instant first,
                                       cluster::Instant second);

/// Why a copy of a message may lie at `broker` without its producer having been told, or nothing: while it
/// was sent, or so shortly before that what was lost was sent again, a fault was between the two; or, when
/// the send ran out of time, between the producer and whoever was asked first.
std::optional<Excuse> excuse_for_copy(const cases::Case& c, const cluster::Outcome& outcome,
                                      const cluster::Sent& sent, const std::string& broker);

/// Why a send may have failed, or nothing: a fault was between its producer, the brokers and the
/// NameServers, or had been so shortly before that the route was not known again; or the cluster had just
/// been started. What a broker says of the message itself has no excuse.
std::optional<Excuse> excuse_for_refusal(const cases::Case& c, const cluster::Outcome& outcome,
                                         const cluster::Sent& sent);

/// Why a group may see a message again, from `again` on, that it had consumed as `before`, or nothing.
///
/// A member that takes a queue goes on where the group's offset was committed. It begins too early
///  - when a fault kept the offset from being committed or saved, and whoever had consumed the message let
///    go of the queue before it could commit it again in peace;
///  - when the members did not agree whose queue it is, because one of them had just joined or was
///    struck, or a broker: then only what was consumed shortly before the queue was taken comes again.
std::optional<Excuse> excuse_for_redelivery(const cases::Case& c, const cluster::Outcome& outcome,
                                            const cluster::Consumed& before, const cluster::Consumed& again);

}  // namespace gantry::properties

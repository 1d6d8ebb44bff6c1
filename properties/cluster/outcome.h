#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/base/result.h"
#include "model/route/message_queue.h"
#include "runtime/clock.h"
#include "sim/faults/fault.h"
#include "sim/simulation.h"

namespace gantry::properties::cluster {

using runtime::Instant;
using Milliseconds = std::chrono::milliseconds;

/// How long things may take in a cluster in which nothing is broken, or nothing any more. Each is the sum of
/// the timers that may have to run out one after the other.
struct Limits {
  Milliseconds start;         ///< from the first start until all nodes run, listen and are registered
  Milliseconds log_sync;      ///< ASYNC_FLUSH: from an acknowledgement to the sync that covers it
  Milliseconds commit;        ///< from the end of a listener until the broker knows its offset
  Milliseconds save;          ///< from then until the offset is on the broker's disk
  Milliseconds commit_again;  ///< until the next pull tells an offset to a broker that has forgotten it
  Milliseconds route;         ///< until a producer knows whether a topic exists, and all its brokers
  Milliseconds silence;     ///< after a silence: until what was sent into it arrives, or its sender gives up
  Milliseconds membership;  ///< until a member that vanished silently is no longer listed
  Milliseconds assignment;  ///< until all members of a group know the routes, each other and their share
  Milliseconds agreement;   ///< members that keep their queues for so long agree on them
  Milliseconds noticed;     ///< until whoever holds a half-open connection has tried it in vain
  Milliseconds settled;     ///< until everything has converged and everything is consumed
};

/// A queue of a topic at a broker.
struct Queue {
  std::string broker;
  std::string topic;
  std::int32_t id = 0;
  friend auto operator<=>(const Queue&, const Queue&) = default;
};

/// Where a message lies.
struct Place {
  std::string broker;
  std::string topic;
  std::int32_t queue = 0;
  std::int64_t offset = 0;
  Queue in() const { return {broker, topic, queue}; }
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// One send as its producer saw it. All times are those of the world.
struct Sent {
  std::string id;
  std::string producer;
  Instant begun;
  Instant ended;                      ///< never() when the producer crashed or the run ended first
  bool acknowledged = false;          ///< SEND_OK
  Place place;                        ///< where it lies, if it was acknowledged
  std::int64_t physical_offset = -1;  ///< where its record begins in the broker's log, if it was acknowledged
  std::string topic;
  std::optional<Errc> error = {};  ///< why it failed, if it did
  std::string trouble = {};        ///< what its producer was told instead of SEND_OK, in words
  bool probe = false;              ///< sent by the run itself, when everything was well again
};

/// One message as a consumer's listener saw it.
struct Consumed {
  std::string group;
  std::string consumer;
  std::uint32_t incarnation = 0;  ///< of the consumer's process
  std::string id;
  Place place;
  Instant at;                        ///< the listener was called
  Instant ended = Instant::never();  ///< it returned success; never() when a crash came first
  bool intact = false;               ///< the body is the one of its id
};

/// One message as it was read back from its broker at the end, every queue from its first offset.
struct Stored {
  std::string id;
  Place place;
  std::int64_t physical_offset = 0;
  std::int64_t store_timestamp = 0;
  bool intact = false;
};

/// How far a group's consumption was committed, as a broker answered when it was asked.
struct Progress {
  std::string group;
  Queue queue;
  std::int64_t offset = 0;  ///< of the next message that the group wants
  Instant at;               ///< when the answer arrived
};

/// What a NameServer answers about a topic: its brokers' addresses and numbers of queues.
struct Route {
  struct Broker {
    std::string address;
    std::int32_t read_queues = 0, write_queues = 0;
    friend bool operator==(const Broker&, const Broker&) = default;
  };
  std::string namesrv;
  std::string topic;
  std::map<std::string, Broker> brokers;  ///< by name; empty: it knows no such topic
  std::string trouble;                    ///< why there is no answer; empty: there is one
};

/// When a fault strikes, as seen from its target and from the cluster. The values are bits of Struck::phases.
enum class Phase : unsigned {
  before_sends = 1,
  within_sends = 2,
  after_sends = 4,
  starting = 8,      ///< the target's process runs for the first time, and does not listen (a client: is
                     ///< not connected) yet
  recovering = 16,   ///< the same after a crash
  down = 32,         ///< the target's process does not run
  rebalancing = 64,  ///< queues changed hands in the last two seconds
  overlapping = 128  ///< another fault holds
};

/// A fault as it took its course.
struct Struck {
  sim::faults::Fault fault;
  Instant begun;
  Instant ended = Instant::never();  ///< never() while it holds
  bool hit = false;                  ///< something met it: a process died, a segment or a call suffered
  unsigned phases = 0;
};

/// A broker's disk forgot what it had not synced.
struct Loss {
  std::string broker;
  Instant at;                        ///< nothing that was not synced then is to be trusted any more
  Instant until = Instant::never();  ///< the broker started again without it; it served it until then
  std::int32_t fault = 0;            ///< the record that caused it
  std::int64_t durable_end = 0;      ///< everything below this offset of the broker's log had been synced
  /// What the disk suffered: a loss of power, or a sync that failed.
  sim::faults::Kind cause = sim::faults::Kind::power_loss;
};

/// A consumer began to read a queue at that offset.
struct Taken {
  std::string consumer;
  std::uint32_t incarnation = 0;
  Queue queue;
  std::int64_t offset = 0;
  Instant at;
  Instant until = Instant::never();  ///< it let go of it, or its process died; never() while it reads
};

/// One life of a process.
struct Started {
  std::string machine;
  std::uint32_t incarnation = 0;
  Instant at;
  Instant until = Instant::never();  ///< it was killed, or lost power
};

/// Everything that the claims look at, in the order in which it happened.
struct Outcome {
  std::vector<Sent> sent;
  std::vector<Consumed> consumed;
  std::vector<Progress> progress;

  // What the world saw.
  std::vector<Struck> struck;
  std::vector<Loss> losses;
  std::vector<Taken> taken;
  std::vector<Started> started;
  std::set<std::string> probes;  ///< names of the probes that were reached
  Instant healed;                ///< nothing is broken any more, and the last send was due

  // What the last audit found.
  std::vector<Stored> stored;
  std::map<std::string, std::string> unread;  ///< queues that could not be read back, and why
  std::set<Queue> queues;                     ///< the queues that exist at their brokers
  std::vector<Route> routes;
  std::map<std::string, std::vector<model::route::MessageQueue>> owned;  ///< by consumer that runs
  bool audited = false;  ///< the last audit went through everything

  Limits limits{};       ///< the limits of the case's slowest broker
  bool settled = false;  ///< before `deadline` everything was sent and all that must converge had converged
  Instant settled_at;
  Instant deadline;
  std::set<Queue> probed;        ///< the queues that existed when producers began to send probes
  bool served = false;           ///< all that must converge had converged again, the probes included
  std::uint64_t idle_steps = 0;  ///< in a window of idle_ms after that
  std::int64_t idle_ms = 0;

  std::map<std::string, std::string> addresses;  ///< of the machines, with the port they serve
  sim::Simulation::Hash hash;
  std::uint64_t events = 0;  ///< how many events the hash covers
  std::uint64_t steps = 0;   ///< how many steps of time the run took; see sim::Simulation
  Instant end;
};

}  // namespace gantry::properties::cluster

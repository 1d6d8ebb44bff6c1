#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "broker/membership/peer.h"
#include "broker/pulling/request.h"
#include "runtime/sync/timer_queue.h"

namespace gantry::broker::pulling {

/// One pull that found nothing and waits for a message.
struct HeldPull {
  std::string topic;
  std::int32_t queue_id = 0;
  store::QueueOffset from{};
  std::int32_t messages_max = 0;
  std::string group;
  store::EntryFilter filter;     ///< empty = every message
  std::size_t filter_bytes = 0;  ///< what the filter takes in memory, about
  std::shared_ptr<membership::Peer> peer;
  Done done;
};

/// Pulls that wait for messages: records with a deadline each, no fibers.
///
///     hold() --> held --on_arrival(), deadline--> ready --one fiber--> again()
///
/// Invariant: a held pull leaves exactly once, by arrival, deadline or the end of its peer.
class PullHold {
 public:
  /// How many pulls are held at once.
  static constexpr std::size_t held_max = 100'000;
  /// How many bytes all of them have, with their names and filters.
  static constexpr std::size_t held_bytes_max = std::size_t{64} << 20;
  /// Answers a pull that must not wait any longer. May suspend; the others wait for it.
  using Again = std::function<void(HeldPull&)>;

  /// `again` runs on a fiber of the hold, once for each pull that leaves it but those that are forgotten.
  PullHold(runtime::Tasks& tasks, const runtime::Clock& clock, Again again);
  ~PullHold();  // stop() has returned, or the node is gone

  /// Whether this pull may be held: false when held_max are there already, or when its bytes have no room, or
  /// after stop().
  bool has_room(const HeldPull& pull) const;
  /// Takes the pull until `deadline`; there is room for it. Never suspends.
  void hold(HeldPull pull, runtime::Instant deadline);
  /// A message with this tags code became visible; `next` is its queue offset + 1. Never suspends.
  void on_arrival(std::string_view topic, std::int32_t queue_id, store::QueueOffset next,
                  std::int64_t tags_code);
  /// Everything that waits for this topic is answered, as when the topic was deleted.
  void wake_topic(std::string_view topic);
  /// Drops the pulls of a peer, which reads no answers any more.
  void forget(membership::PeerId peer);

  /// Answers what is held by a last look, and waits for the fiber.
  void stop();

 private:
  using Number = std::uint64_t;
  struct Record {
    HeldPull pull;
    runtime::sync::TimerQueue::Id timer;
  };
  using Queue = std::map<std::int32_t, std::set<Number>>;

  void release(Number number);
  HeldPull take(Number number);
  void work();

  runtime::Tasks& tasks_;
  Again again_;
  runtime::sync::TimerQueue deadlines_;
  runtime::sync::TaskGroup fiber_;
  runtime::sync::WaitList wake_;
  std::map<Number, Record> held_;
  std::map<std::string, Queue, std::less<>> by_queue_;
  std::set<std::pair<membership::PeerId, Number>> by_peer_;
  std::deque<HeldPull> ready_;
  std::size_t held_bytes_ = 0;
  Number numbers_ = 0;
  bool started_ = false;
  bool stopping_ = false;
};

}  // namespace gantry::broker::pulling

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "broker/store/message_store.h"
#include "runtime/remoting/responder.h"
#include "runtime/sync/timer_queue.h"

namespace gantry::broker::longpolling {

/// One pull that found nothing and waits for a message.
struct HeldPull {
  std::string topic;
  std::int32_t queue_id = 0;
  store::QueueOffset from{};
  std::int32_t max_messages = 0;
  std::string group;
  store::EntryFilter filter;  ///< empty = every message
  std::size_t filter_bytes = 0;
  runtime::remoting::Responder respond;
};

/// Pulls that wait for messages: records with a deadline each, no fibers.
///
///     hold() --> held --on_arrival(), deadline--> ready --one fiber--> again()
///
/// Invariant: a held pull leaves exactly once, by arrival, deadline or the close of its channel.
class PullHold {
 public:
  /// Pulls held at once; what comes on top is not held.
  static constexpr std::size_t held_max = 100'000;
  /// And the bytes of all of them, with their names and filters.
  static constexpr std::size_t held_bytes_max = std::size_t{64} << 20;
  /// Processes a pull again, now without leave to wait. May suspend; the others wait for it.
  using Again = std::function<void(HeldPull&)>;

  PullHold(runtime::Tasks& tasks, const runtime::Clock& clock, Again again);
  ~PullHold();  // stop() has returned, or the node is gone

  /// Takes the pull until `deadline`; false when held_max are there already, or its bytes have no room.
  /// Never suspends.
  bool hold(HeldPull pull, runtime::Instant deadline);
  /// A message with this tags code became visible; `next` is its queue offset + 1. Never suspends.
  void on_arrival(std::string_view topic, std::int32_t queue_id, store::QueueOffset next,
                  std::int64_t tags_code);
  /// Everything that waits for this topic is processed again, as when the topic was deleted.
  void wake_topic(std::string_view topic);
  /// Nobody reads these answers any more.
  void forget(runtime::remoting::ChannelId channel);
  std::size_t held() const { return held_.size(); }
  std::size_t held_bytes() const { return held_bytes_; }

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
  std::set<std::pair<runtime::remoting::ChannelId, Number>> by_channel_;
  std::deque<HeldPull> ready_;
  std::size_t held_bytes_ = 0;
  Number numbers_ = 0;
  bool started_ = false;
  bool stopping_ = false;
};

}  // namespace gantry::broker::longpolling

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "runtime/remoting/channel.h"
#include "runtime/runtime.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/timer_queue.h"
#include "runtime/sync/wait.h"

namespace gantry::runtime::remoting {

class StreamChannel;

/// What the channels of one Server or Client share: their numbers, their fibers, their deadlines, and
/// one fiber for what is to be done at the end of a turn, that is, when the fiber that asked for it
/// suspends: so all answers of one turn leave in one gather write, whoever gave them.
class Hub {
 public:
  Hub(Runtime runtime, ChannelOptions options);
  Hub(const Hub&) = delete;

  Runtime runtime() const { return runtime_; }
  const ChannelOptions& options() const { return options_; }

  /// Every channel from its first day to its last: among them is the one that holds the most.
  void add(StreamChannel& channel);
  void remove(const StreamChannel& channel);
  /// One of the channels holds so many bytes more, or less when negative. Closes what has to go.
  void held(std::int64_t more);
  /// More than half of what may be held is held.
  bool tight() const { return held_ > options_.held_bytes_max / 2; }
  std::size_t held() const { return held_; }
  sync::TaskGroup& fibers() { return fibers_; }
  bool stopping() const { return stopping_; }

  ChannelId next_channel();
  /// From 1, skipping what is negative as a 32-bit number.
  std::int32_t next_opaque();

  /// Calls flush() at the end of this turn.
  void flush_soon(std::shared_ptr<StreamChannel> channel);
  /// Runs `action` at the end of this turn, so that a caller never meets its own callback. It must
  /// not suspend.
  void soon(std::function<void()> action);
  /// For time-outs; see sync::TimerQueue.
  sync::TimerQueue& timers() { return timers_; }

  /// Ends the services and waits for all fibers(). Channels must have been closed.
  void stop();

 private:
  void close_largest();
  void end_turn_soon();
  void run_turn_ends();

  Runtime runtime_;
  ChannelOptions options_;
  sync::TaskGroup fibers_;
  sync::TimerQueue timers_;
  bool stopping_ = false;
  std::uint64_t channels_ = 0;
  std::uint32_t opaques_ = 0;
  std::size_t held_ = 0;
  std::map<ChannelId, StreamChannel*> all_;

  std::vector<std::shared_ptr<StreamChannel>> dirty_;
  std::vector<std::function<void()>> later_;
  sync::WaitList turn_;
  bool turns_started_ = false;
  bool turns_ended_ = false;
};

}  // namespace gantry::runtime::remoting

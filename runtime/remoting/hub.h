#pragma once

#include <cstdint>
#include <functional>
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
  void end_turn_soon();
  void run_turn_ends();

  Runtime runtime_;
  ChannelOptions options_;
  sync::TaskGroup fibers_;
  sync::TimerQueue timers_;
  bool stopping_ = false;
  std::uint64_t channels_ = 0;
  std::uint32_t opaques_ = 0;

  std::vector<std::shared_ptr<StreamChannel>> dirty_;
  std::vector<std::function<void()>> later_;
  sync::WaitList turn_;
  bool turns_started_ = false;
  bool turns_ended_ = false;
};

}  // namespace gantry::runtime::remoting

#include "runtime/remoting/hub.h"

#include <algorithm>
#include <utility>

#include "runtime/remoting/stream_channel.h"

namespace gantry::runtime::remoting {

Hub::Hub(Runtime runtime, ChannelOptions options)
    : runtime_(runtime),
      options_(options),
      fibers_(runtime.tasks),
      timers_(runtime.tasks, runtime.clock, "remoting.timers") {}

ChannelId Hub::next_channel() {
  return ChannelId{++channels_};
}

std::int32_t Hub::next_opaque() {
  opaques_ = (opaques_ + 1) & 0x7FFFFFFF;
  return static_cast<std::int32_t>(opaques_);
}

void Hub::add(StreamChannel& channel) {
  all_.emplace(channel.id(), &channel);
}

void Hub::remove(const StreamChannel& channel) {
  all_.erase(channel.id());
}

void Hub::held(std::int64_t more) {
  held_ = static_cast<std::size_t>(static_cast<std::int64_t>(held_) + more);
  while (more > 0 && held_ > options_.held_bytes_max) close_largest();
}

void Hub::close_largest() {
  const auto largest =
      std::ranges::max_element(all_, {}, [](const auto& each) { return each.second->held_bytes(); });
  invariant(largest != all_.end() && largest->second->held_bytes() > 0, "somebody holds what is held");
  largest->second->close_for_room();
}

void Hub::flush_soon(std::shared_ptr<StreamChannel> channel) {
  dirty_.push_back(std::move(channel));
  end_turn_soon();
}

void Hub::soon(std::function<void()> action) {
  if (turns_ended_) return action();
  later_.push_back(std::move(action));
  end_turn_soon();
}

void Hub::end_turn_soon() {
  if (turns_started_) {
    turn_.wake_one(runtime_.tasks);
    return;
  }
  turns_started_ = true;
  fibers_.spawn("remoting.turn", [this] { run_turn_ends(); });
}

void Hub::run_turn_ends() {
  std::vector<std::shared_ptr<StreamChannel>> channels;  // outside the loop: keeps its capacity
  std::vector<std::function<void()>> actions;
  for (;;) {
    std::swap(channels, dirty_);
    for (const auto& channel : channels) channel->flush();
    channels.clear();
    std::swap(actions, later_);
    for (const auto& action : actions) action();
    actions.clear();
    if (!dirty_.empty() || !later_.empty()) continue;
    if (stopping_) break;
    // Without a deadline or a cancellation wait() has no error to report.
    invariant(turn_.wait(runtime_.tasks, {}).has_value(), "an endless wait ends with success");
  }
  turns_ended_ = true;
}

void Hub::stop() {
  stopping_ = true;
  if (!turns_started_) turns_ended_ = true;
  turn_.wake_all(runtime_.tasks);
  invariant(fibers_.join().has_value(), "an endless wait ends with success");
  timers_.stop();
}

}  // namespace gantry::runtime::remoting

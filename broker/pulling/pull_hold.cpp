#include "broker/pulling/pull_hold.h"

#include <utility>
#include <vector>

namespace gantry::broker::pulling {

namespace {
std::size_t bytes_of(const HeldPull& pull) {
  return sizeof(HeldPull) + pull.topic.size() + pull.group.size() + pull.filter_bytes;
}
}  // namespace

PullHold::PullHold(runtime::Tasks& tasks, const runtime::Clock& clock, Again again)
    : tasks_(tasks),
      again_(std::move(again)),
      deadlines_(tasks, clock, "held-pull-deadlines"),
      fiber_(tasks) {}

PullHold::~PullHold() = default;

bool PullHold::has_room(const HeldPull& pull) const {
  return held_.size() < held_max && held_bytes_ + bytes_of(pull) <= held_bytes_max && !stopping_;
}

void PullHold::hold(HeldPull pull, runtime::Instant deadline) {
  held_bytes_ += bytes_of(pull);
  if (!std::exchange(started_, true)) fiber_.spawn("held-pulls", [this] { work(); });

  const Number number = ++numbers_;
  by_queue_[pull.topic][pull.queue_id].insert(number);
  by_peer_.emplace(pull.peer->id(), number);
  const auto timer = deadlines_.at(deadline, [this, number] { release(number); });
  held_.emplace(number, Record{std::move(pull), timer});
}

void PullHold::on_arrival(std::string_view topic, std::int32_t queue_id, store::QueueOffset next,
                          std::int64_t tags_code) {
  const auto of_topic = by_queue_.find(topic);
  if (of_topic == by_queue_.end()) return;
  const auto of_queue = of_topic->second.find(queue_id);
  if (of_queue == of_topic->second.end()) return;

  std::vector<Number> found;
  for (const Number number : of_queue->second) {
    const HeldPull& pull = held_.at(number).pull;
    if (next > pull.from && (!pull.filter || pull.filter(tags_code))) found.push_back(number);
  }
  for (const Number number : found) release(number);
}

void PullHold::wake_topic(std::string_view topic) {
  std::vector<Number> found;
  if (const auto of_topic = by_queue_.find(topic); of_topic != by_queue_.end())
    for (const auto& [queue_id, numbers] : of_topic->second)
      found.insert(found.end(), numbers.begin(), numbers.end());
  for (const Number number : found) release(number);
}

void PullHold::forget(membership::PeerId peer) {
  std::vector<Number> found;
  for (auto at = by_peer_.lower_bound({peer, 0}); at != by_peer_.end() && at->first == peer; ++at)
    found.push_back(at->second);
  for (const Number number : found) take(number);
}

void PullHold::release(Number number) {
  ready_.push_back(take(number));
  wake_.wake_one(tasks_);
}

HeldPull PullHold::take(Number number) {
  auto node = held_.extract(number);
  invariant(!node.empty(), "a held pull leaves once");
  Record& record = node.mapped();
  held_bytes_ -= bytes_of(record.pull);
  deadlines_.cancel(record.timer);
  by_peer_.erase({record.pull.peer->id(), number});
  const auto of_topic = by_queue_.find(record.pull.topic);
  const auto of_queue = of_topic->second.find(record.pull.queue_id);
  of_queue->second.erase(number);
  if (of_queue->second.empty()) of_topic->second.erase(of_queue);
  if (of_topic->second.empty()) by_queue_.erase(of_topic);
  return std::move(record.pull);
}

void PullHold::work() {
  while (true) {
    while (!ready_.empty()) {
      HeldPull pull = std::move(ready_.front());
      ready_.pop_front();
      again_(pull);
    }
    if (stopping_) return;
    // Woken for no reason or for a reason: the loop looks at the condition again either way.
    if (auto woken = wake_.wait(tasks_, {}); !woken) return;
  }
}

void PullHold::stop() {
  if (std::exchange(stopping_, true)) return;
  while (!held_.empty()) release(held_.begin()->first);
  wake_.wake_all(tasks_);
  if (auto joined = fiber_.join(); !joined) return;
  deadlines_.stop();
}

}  // namespace gantry::broker::pulling

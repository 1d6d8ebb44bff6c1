#include "sim/timeline.h"

#include <algorithm>

namespace gantry::sim {

void Timeline::add(runtime::Instant when, Action action) {
  std::uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(actions_.size());
    actions_.push_back(std::move(action));
  } else {
    slot = free_.back();
    free_.pop_back();
    actions_[slot] = std::move(action);
  }
  heap_.push_back({when, ++sequence_, slot});
  std::push_heap(heap_.begin(), heap_.end());
}

Action Timeline::take() {
  std::pop_heap(heap_.begin(), heap_.end());
  const std::uint32_t slot = heap_.back().slot;
  heap_.pop_back();
  free_.push_back(slot);
  return std::move(actions_[slot]);
}

void Timeline::clear() {
  heap_.clear();
  free_.clear();
  actions_.clear();
}

}  // namespace gantry::sim

#include "runtime/asio/polling.h"

#include <algorithm>

namespace gantry::runtime::asio {

namespace {
constexpr int work_per_earned = 16;
constexpr int free_per_work = 2;
/// Two looks of our own are less than 1 us apart.
constexpr Duration look_max = 50us;
}  // namespace

Instant Polling::idle(Instant now) {
  // No turn of a node takes longer, unless another program had the core meanwhile.
  const Duration work = std::min(now - since_, longest_);
  since_ = now;
  earned_ = std::min(earned_ + work / work_per_earned, longest_);
  free_ = work * free_per_work;
  taken_ = Duration(0);
  if (earned_ == longest_) polling_ = true;
  return polling_ ? now + longest_ : now;
}

void Polling::looked(Instant now) {
  taken_ += std::min(now - since_, look_max);
  since_ = now;
}

void Polling::ended(bool found) {
  const Duration cost = found ? std::max(taken_ - free_, Duration(0)) : taken_;
  earned_ = std::max(earned_ - cost, -longest_);
  if (earned_ <= Duration(0)) polling_ = false;
}

}  // namespace gantry::runtime::asio

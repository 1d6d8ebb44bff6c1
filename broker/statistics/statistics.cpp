#include "broker/statistics/statistics.h"

#include <algorithm>

namespace gantry::broker::statistics {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_ms = 86'400'000;

constexpr std::int64_t minute_ns = 60 * second_ns;

}  // namespace

void Latencies::add(runtime::Instant now, runtime::Duration took) {
  const std::int64_t number = now.ns / minute_ns;
  Minute& minute = minutes_[static_cast<std::size_t>(number % 2)];
  if (minute.number != number) {
    minute.number = number;
    minute.counts.clear();
  }
  minute.counts.record(took.count() / 1000);
}

double Latencies::percentile(runtime::Instant now, double share) const {
  const std::int64_t number = now.ns / minute_ns;
  Counts both;
  for (const Minute& minute : minutes_)
    if (minute.number >= number - 1) both.add(minute.counts);
  if (both.count() == 0) return 0;
  return static_cast<double>(Counts::bucket_of(both.value_at(share * 100)).to) / 1000;
}

void Window::add(runtime::Instant now, std::int64_t by) {
  const std::int64_t number = now.ns / second_ns;
  Second& second = ring_[static_cast<std::size_t>(number % kept)];
  if (second.number != number) second = {number, 0};
  second.sum += by;
}

double Window::rate(runtime::Instant now, std::int64_t seconds) const {
  seconds = std::clamp<std::int64_t>(seconds, 1, kept - 1);
  const std::int64_t current = now.ns / second_ns;
  std::int64_t sum = 0;
  for (const Second& second : ring_)
    if (second.number >= 0 && second.number < current && second.number >= current - seconds)
      sum += second.sum;
  return static_cast<double>(sum) / static_cast<double>(seconds);
}

void DayTotal::add(runtime::WallTime now, std::int64_t by) {
  const std::int64_t day = now.ms / day_ms;
  if (day > day_) {
    yesterday_ = day == day_ + 1 ? today_ : total_;
    today_ = total_;
    day_ = day;
  }
  total_ += by;
}

std::int64_t DayTotal::today_morning(runtime::WallTime now) const {
  return now.ms / day_ms > day_ ? total_ : today_;
}

std::int64_t DayTotal::yesterday_morning(runtime::WallTime now) const {
  const std::int64_t day = now.ms / day_ms;
  return day > day_ + 1 ? total_ : day > day_ ? today_ : yesterday_;
}

void Statistics::stored(std::int64_t messages, std::int64_t bytes, runtime::Duration took) {
  put_latencies_.add(clock_.now(), took);
  puts_.add(clock_.now(), messages);
  put_total_.add(clock_.wall_now(), messages);
  put_bytes_ += bytes;
}

void Statistics::pulled(std::int64_t messages) {
  hits_.add(clock_.now(), 1);
  transferred_.add(clock_.now(), messages);
  get_total_.add(clock_.wall_now(), messages);
}

}  // namespace gantry::broker::statistics

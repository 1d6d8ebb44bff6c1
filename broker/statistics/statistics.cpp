#include "broker/statistics/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gantry::broker::statistics {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_ms = 86'400'000;

constexpr std::int64_t minute_ns = 60 * second_ns;

/// Microseconds below 16 each have a bucket, then eight share each doubling.
std::size_t bucket_of(std::uint64_t us) {
  if (us < 16) return static_cast<std::size_t>(us);
  const int doublings = static_cast<int>(std::bit_width(us)) - 1;
  return static_cast<std::size_t>(16 + (doublings - 4) * 8) + ((us >> (doublings - 3)) & 7);
}
/// The most that belongs to a bucket.
std::uint64_t most_of(std::size_t bucket) {
  if (bucket < 16) return bucket;
  const auto doublings = static_cast<int>((bucket - 16) / 8 + 4);
  return ((8 + (bucket - 16) % 8 + 1) << (doublings - 3)) - 1;
}

}  // namespace

void Latencies::add(runtime::Instant now, runtime::Duration took) {
  const std::int64_t number = now.ns / minute_ns;
  Minute& minute = minutes_[static_cast<std::size_t>(number % 2)];
  if (minute.number != number) minute = {.number = number};
  ++minute.count;
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count() / 1000));
  ++minute.buckets[std::min(bucket_of(us), bucket_count - 1)];
}

double Latencies::percentile(runtime::Instant now, double share) const {
  const std::int64_t number = now.ns / minute_ns;
  std::int64_t total = 0;
  for (const Minute& minute : minutes_)
    if (minute.number >= number - 1) total += minute.count;
  auto left = std::max<std::int64_t>(1, std::llround(std::ceil(static_cast<double>(total) * share)));
  for (std::size_t bucket = 0; total > 0 && bucket < bucket_count; ++bucket) {
    for (const Minute& minute : minutes_)
      if (minute.number >= number - 1) left -= minute.buckets[bucket];
    if (left <= 0) return static_cast<double>(most_of(bucket)) / 1000;
  }
  return 0;
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

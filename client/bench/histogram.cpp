#include "client/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gantry::client::bench {

namespace {
// The first 2^8 values have a bucket each; every doubling after them is cut into 2^7 buckets.
constexpr unsigned exact_bits = 8;
constexpr std::size_t exact = std::size_t{1} << exact_bits;
constexpr std::size_t per_doubling = exact / 2;
constexpr unsigned value_bits = 44;
constexpr std::int64_t largest = (std::int64_t{1} << value_bits) - 1;
constexpr std::size_t buckets = exact + (value_bits - exact_bits) * per_doubling;
}  // namespace

Histogram::Histogram() : counts_(buckets) {}

std::size_t Histogram::index_of(std::int64_t ns) {
  const auto value = static_cast<std::uint64_t>(std::clamp<std::int64_t>(ns, 0, largest));
  if (value < exact) return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - exact_bits;
  return exact + (shift - 1) * per_doubling + ((value >> shift) - per_doubling);
}

Histogram::Bucket Histogram::bucket_at(std::size_t index) {
  if (index < exact) return {static_cast<std::int64_t>(index), static_cast<std::int64_t>(index)};
  const std::size_t shift = (index - exact) / per_doubling + 1;
  const std::size_t top = (index - exact) % per_doubling + per_doubling;
  return {static_cast<std::int64_t>(top << shift), static_cast<std::int64_t>(((top + 1) << shift) - 1)};
}

Histogram::Bucket Histogram::bucket_of(std::int64_t ns) {
  return bucket_at(index_of(ns));
}

void Histogram::record(std::int64_t ns, std::uint64_t times) {
  ns = std::clamp<std::int64_t>(ns, 0, largest);
  counts_[index_of(ns)] += times;
  count_ += times;
  max_ = std::max(max_, ns);
  sum_ += static_cast<double>(ns) * static_cast<double>(times);
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

void Histogram::clear() {
  std::ranges::fill(counts_, 0);
  count_ = 0;
  max_ = 0;
  sum_ = 0;
}

double Histogram::mean() const {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

std::int64_t Histogram::value_at(double percent) const {
  const double wanted = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_);
  // The tiny step back: 99.9 % of 1000 must not become the 1000th by a rounding of the product.
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(wanted - 1e-6)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets && count_ != 0; ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(bucket_at(i).to, max_);
  }
  return max_;
}

}  // namespace gantry::client::bench

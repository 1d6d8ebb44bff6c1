#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry {

/// How often each duration occurred, in the manner of HdrHistogram. Values below 2^ExactBits have a bucket
/// each; every doubling above them is cut into half as many buckets. What value_at() says is therefore never
/// too little and at most the 2^(ExactBits - 1)th part too much. The unit is the caller's.
///
/// The size is fixed, whatever is recorded: 8 bytes for each of the
/// 2^ExactBits + (ValueBits - ExactBits) * 2^(ExactBits - 1) buckets. Recording costs a few instructions and
/// never allocates.
template <unsigned ExactBits, unsigned ValueBits>
class Histogram {
  static_assert(ExactBits >= 1 && ExactBits < ValueBits && ValueBits < 63);

 public:
  static constexpr std::int64_t largest = (std::int64_t{1} << ValueBits) - 1;

  Histogram() : counts_(buckets) {}

  /// Counts `value` as having occurred `times` times. Negative values count as 0, and those above `largest`
  /// count as `largest`.
  void record(std::int64_t value, std::uint64_t times = 1) {
    value = std::clamp<std::int64_t>(value, 0, largest);
    counts_[index_of(value)] += times;
    count_ += times;
    max_ = std::max(max_, value);
    sum_ += static_cast<double>(value) * static_cast<double>(times);
  }
  /// Adds what another one holds, as if it had been recorded here.
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
    sum_ += other.sum_;
  }
  /// Forgets everything. The memory stays.
  void clear() {
    std::ranges::fill(counts_, 0);
    count_ = 0;
    max_ = 0;
    sum_ = 0;
  }

  /// How many values were recorded.
  std::uint64_t count() const { return count_; }
  /// The largest value that was recorded, exactly; 0 without values.
  std::int64_t max() const { return max_; }
  /// The mean of all recorded values, up to rounding; 0 without values.
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }
  /// The smallest value that at least `percent` of all values do not exceed, rounded up to the end of its
  /// bucket; for 100 it is max(). 0 without values.
  std::int64_t value_at(double percent) const {
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

  /// Where the values of one bucket lie: [from, to].
  struct Bucket {
    std::int64_t from;
    std::int64_t to;
  };
  /// The bucket that counts `value`.
  static Bucket bucket_of(std::int64_t value) {
    return bucket_at(index_of(std::clamp<std::int64_t>(value, 0, largest)));
  }

 private:
  static constexpr std::size_t exact = std::size_t{1} << ExactBits;
  static constexpr std::size_t per_doubling = exact / 2;
  static constexpr std::size_t buckets = exact + (ValueBits - ExactBits) * per_doubling;

  static std::size_t index_of(std::int64_t clamped) {
    const auto value = static_cast<std::uint64_t>(clamped);
    if (value < exact) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - ExactBits;
    return exact + (shift - 1) * per_doubling + ((value >> shift) - per_doubling);
  }
  static Bucket bucket_at(std::size_t index) {
    if (index < exact) return {static_cast<std::int64_t>(index), static_cast<std::int64_t>(index)};
    const std::size_t shift = (index - exact) / per_doubling + 1;
    const std::size_t top = (index - exact) % per_doubling + per_doubling;
    return {static_cast<std::int64_t>(top << shift), static_cast<std::int64_t>(((top + 1) << shift) - 1)};
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace gantry

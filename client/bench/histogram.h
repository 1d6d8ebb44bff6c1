#pragma once

#include <cstdint>
#include <vector>

namespace gantry::client::bench {

/// How often each duration occurred, in the manner of HdrHistogram: exact below 256 ns, and above it in
/// buckets so narrow that what value_at() says is at most 1/128 too much and never too little. Of fixed
/// size (39 KB), whatever is recorded, and recording costs a few instructions.
class Histogram {
 public:
  Histogram();

  /// Negative durations count as 0, those above about 4.8 hours as that.
  void record(std::int64_t ns, std::uint64_t times = 1);
  /// Adds what another one holds, as if it had been recorded here.
  void add(const Histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  /// Exact; 0 without values.
  std::int64_t max() const { return max_; }
  double mean() const;
  /// The smallest value that at least `percent` of all are not above; 100 is max(). 0 without values.
  std::int64_t value_at(double percent) const;

  /// Where the values of one bucket lie: [from, to].
  struct Bucket {
    std::int64_t from;
    std::int64_t to;
  };
  static Bucket bucket_of(std::int64_t ns);

 private:
  static std::size_t index_of(std::int64_t ns);
  static Bucket bucket_at(std::size_t index);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace gantry::client::bench

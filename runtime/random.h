#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::runtime {

/// Chance, by named streams: what one part of the node draws does not change what another draws.
/// Under sim the n-th draw of a stream is a function of (noise seed, node, incarnation, stream, n).
/// At most one draw per full expression: compilers differ in the order of evaluation.
class Random {
 public:
  virtual ~Random() = default;
  /// 64 uniform bits. `stream` is a literal that names the purpose, such as "producer.first-queue".
  virtual std::uint64_t draw(std::string_view stream) = 0;

  /// Uniform in [0, bound); `bound` at least 1. The bias is below bound / 2^64.
  std::uint64_t below(std::string_view stream, std::uint64_t bound) {
    __extension__ using u128 = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<u128>(draw(stream)) * bound) >> 64);
  }
};

}  // namespace gantry::runtime

#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::sim {

/// What a random decision is about. Numbers are part of every case's meaning: never reuse one.
enum class Domain : std::uint64_t {
  priority = 1,    ///< which of the ready fibers runs first
  draw = 2,        ///< what a node draws by runtime::Random
  clock = 3,       ///< how wrong a machine's clocks are
  connect = 4,     ///< the way of a connection's first segments
  segment = 5,     ///< latency of one segment of a connection
  piece = 6,       ///< how much of what is there one call reads or writes
  disk = 7,        ///< latency of one disk operation
  applied = 8,     ///< how much of a write is in the cache before the call returns
  page_loss = 9,   ///< what a loss of power leaves of one page
  size_loss = 10,  ///< ... of one file's size
  name_loss = 11,  ///< ... of one unsynced change of names
  sync_error = 12  ///< what a failed sync does to the cache
};

/// The finalizer of splitmix64: every bit of the result depends on every bit of `x`.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// Names something for noise, by its name and not by a running number: what is added or removed
/// elsewhere does not rename it. `parent` is the entity that it belongs to.
constexpr std::uint64_t entity_of(std::string_view name, std::uint64_t parent = 0) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ parent;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return mix(hash);
}
/// Names what `b`, a running number or another entity, tells apart within the entity `a`. The order of the
/// two matters.
constexpr std::uint64_t entity_of(std::uint64_t a, std::uint64_t b) {
  return mix(mix(a) ^ b);
}

/// All chance of one world: each decision is a function of the seed and of what is decided, never a
/// draw from a stream that others draw from too. So a world without one of its faults is the same
/// world wherever that fault had no effect.
class Noise {
 public:
  explicit constexpr Noise(std::uint64_t seed) : seed_(mix(seed)) {}

  /// 64 uniform bits for the `ordinal`-th decision of one kind that one incarnation of an entity asks for.
  constexpr std::uint64_t operator()(Domain domain, std::uint64_t entity, std::uint64_t incarnation,
                                     std::uint64_t ordinal) const {
    const std::uint64_t who = mix(seed_ ^ static_cast<std::uint64_t>(domain)) ^ entity;
    return mix(mix(mix(who) ^ incarnation) ^ ordinal);
  }

 private:
  std::uint64_t seed_;
};

/// Uniform in [0, bound) from 64 uniform bits; `bound` at least 1.
constexpr std::uint64_t scale(std::uint64_t bits, std::uint64_t bound) {
  __extension__ using u128 = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<u128>(bits) * bound) >> 64);
}

/// A latency: `base` most of the time, up to twice of it, and now and then (1 in 256, 1 in 4096) ten and
/// sixty times as long. Integers only, so that every compiler agrees.
constexpr std::int64_t jittered(std::int64_t base, std::uint64_t bits) {
  const auto part = static_cast<std::int64_t>((bits >> 32) & 0xFFFF);
  std::int64_t time = base + base * part / 0x10000;
  if ((bits & 0xFF) == 0) time *= 10;
  if ((bits & 0xFFF) == 0) time *= 6;
  return time;
}

}  // namespace gantry::sim

#pragma once

#include <cstdint>

namespace gantry::broker::store {

/// Bytes from the start of the commit log.
enum class PhysicalOffset : std::int64_t {};
/// Entries from the start of one queue.
enum class QueueOffset : std::int64_t {};

constexpr std::int64_t value(PhysicalOffset at) {
  return static_cast<std::int64_t>(at);
}
constexpr std::int64_t value(QueueOffset at) {
  return static_cast<std::int64_t>(at);
}
constexpr PhysicalOffset operator+(PhysicalOffset at, std::int64_t bytes) {
  return PhysicalOffset{value(at) + bytes};
}
constexpr QueueOffset operator+(QueueOffset at, std::int64_t entries) {
  return QueueOffset{value(at) + entries};
}
constexpr std::int64_t operator-(PhysicalOffset a, PhysicalOffset b) {
  return value(a) - value(b);
}
constexpr std::int64_t operator-(QueueOffset a, QueueOffset b) {
  return value(a) - value(b);
}

}  // namespace gantry::broker::store

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/network.h"
#include "runtime/tasks.h"

namespace gantry::sim {
struct Machine;
namespace tasks {
class Node;
}
}  // namespace gantry::sim

namespace gantry::sim::network {

/// Bytes on their way, first in first out. Holds no memory while it is empty for long.
class Ring {
 public:
  std::size_t size() const { return used_; }
  void push(Bytes bytes);
  /// Moves the first `into.size()` bytes out; there are that many.
  void pop(std::span<std::byte> into);
  void clear();

 private:
  void grow(std::size_t room);
  std::vector<std::byte> bytes_;  // a power of two long
  std::size_t head_ = 0;
  std::size_t used_ = 0;
};

/// One direction of a connection, by positions in its stream of bytes:
///
///     read <= visible <= landed <= sent          acked <= visible
///
/// `sent` was taken by write_some(); `landed` is past the wire; `visible` fits into the reader's
/// buffer; `acked` is known to the writer, whose buffer holds what lies between it and `sent`.
struct Pipe {
  Ring bytes;  // from `read` to `sent`
  std::uint64_t sent = 0, due = 0, landed = 0, visible = 0, acked = 0, read = 0;
  bool end_sent = false, end_due = false, end_landed = false;
  std::uint64_t segments = 0;       // names each segment for noise
  runtime::Instant last_due{};      // segments arrive in order
  bool retrying = false;            // an entry of the timeline will try again to land or to acknowledge
  std::int64_t retry_after_ns = 0;  // how long that one waits
  runtime::Instant silent_since{};  // when the first of these tries failed
};

/// One end of a connection, as the kernel of its machine knows it.
struct End {
  Machine* machine = nullptr;
  tasks::Node* node = nullptr;  // of a server: once accept() has handed it out
  runtime::Endpoint local, peer;
  bool exists = true;   // false: whatever arrives here is answered by a reset
  bool closed = false;  // by its own side
  bool broken = false;  // a reset arrived, or a time-out of ours
  std::optional<runtime::Waker> reader, writer;
  std::uint64_t reads = 0, writes = 0;  // name each call for noise
};

/// A connection: end 0 connected, end 1 was accepted; pipe[i] carries what end i writes.
struct Stream {
  std::uint64_t id = 0;      // in order of connecting
  std::uint64_t entity = 0;  // for noise
  /// What events call it: does not change when other machines connect more or less often.
  std::int64_t name() const { return static_cast<std::int64_t>(entity >> 32); }
  End end[2];
  Pipe pipe[2];
  /// Whatever knew of it on the way between the machines has forgotten it: nothing passes any more.
  bool forgotten = false;
  runtime::Instant forgotten_since{};
};

}  // namespace gantry::sim::network

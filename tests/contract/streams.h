#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/sync/future.h"
#include "runtime/sync/task_group.h"
#include "tests/contract/world.h"

namespace gantry::contract {

/// A limit for what must happen: far away, and reached only by a test that fails.
inline Instant limit(Runtime rt) {
  return rt.clock.now() + 30s;
}

/// Both ends of one connection.
struct Pair {
  std::unique_ptr<Connection> client;
  std::unique_ptr<Connection> server;
};

/// Connects to a listener and accepts, in this order: the listener takes connections by itself.
inline Pair connect_to(Runtime rt, Listener& listener) {
  Pair pair;
  pair.client = rt.network.connect(listener.local(), limit(rt)).value();
  pair.server = listener.accept().value();
  return pair;
}

inline Pair new_pair(Runtime rt, const std::string& host) {
  const auto listener = rt.network.listen({host, 0}).value();
  return connect_to(rt, *listener);
}

/// Bytes of which no two pieces look alike.
inline Buffer pattern(std::size_t size, unsigned seed = 1) {
  Buffer bytes(size);
  std::uint32_t state = seed;
  for (std::byte& each : bytes) {
    state = state * 1664525 + 1013904223;
    each = std::byte(state >> 24);
  }
  return bytes;
}

inline Result<void> write_all(Runtime rt, Connection& to, Bytes bytes) {
  while (!bytes.empty()) {
    const auto written = to.write_some(std::span(&bytes, 1));
    if (!written) return written.error();
    bytes = bytes.subspan(*written);
    if (bytes.empty()) break;
    if (auto ready = to.await_writable(limit(rt)); !ready) return ready;
  }
  return {};
}

/// As many bytes as asked, fewer when the stream ends before; `end` then says how.
inline Buffer read_up_to(Runtime rt, Connection& from, std::size_t size, Errc* end = nullptr) {
  Buffer bytes(size);
  std::size_t got = 0;
  while (got < size) {
    const auto more = from.read_some(std::span(bytes).subspan(got), limit(rt));
    if (!more) {
      if (end != nullptr) *end = more.error().code;
      break;
    }
    got += *more;
  }
  bytes.resize(got);
  return bytes;
}

inline std::string read_text(Runtime rt, Connection& from, std::size_t size) {
  const Buffer bytes = read_up_to(rt, from, size);
  return std::string(as_text(bytes));
}

/// Fills the stream until it takes no more, or breaks; returns how much it took.
inline std::size_t fill(Connection& to) {
  const Buffer block = pattern(64 * 1024);
  const Bytes bytes = block;
  std::size_t total = 0;
  for (;;) {
    const auto took = to.write_some(std::span(&bytes, 1));
    if (!took || *took == 0) return total;
    total += *took;
  }
}

}  // namespace gantry::contract

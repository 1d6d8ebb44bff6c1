#pragma once

#include <array>
#include <string>
#include <string_view>

#include "runtime/sync/wait.h"
#include "sim/faults/apply.h"
#include "sim/simulation.h"

namespace gantry::sim {

using namespace std::chrono_literals;
using faults::Fault;
using faults::Kind;
using runtime::Connection;
using runtime::Instant;
using runtime::OpenMode;
using runtime::Runtime;

constexpr Instant at(runtime::Duration time) {
  return {time.count()};
}

inline void sleep(Runtime& runtime, runtime::Duration time) {
  invariant(runtime::sync::sleep(runtime.tasks, runtime.clock, time).has_value(), "nobody calls this off");
}

inline Result<std::unique_ptr<Connection>> dial(Runtime& runtime, std::string_view host,
                                                runtime::Duration patience = 10s) {
  return runtime.network.connect({std::string(host), 80}, runtime.clock.now() + patience);
}

/// Writes all of `text`, waiting for room as long as `patience`.
inline Result<void> say(Runtime& runtime, Connection& connection, std::string_view text,
                        runtime::Duration patience = 1h) {
  while (!text.empty()) {
    const Bytes bytes = as_bytes(text);
    const auto n = connection.write_some({&bytes, 1});
    if (!n) return n.error();
    text.remove_prefix(*n);
    if (*n > 0) continue;
    if (auto room = connection.await_writable(runtime.clock.now() + patience); !room) return room.error();
  }
  return {};
}

/// Reads exactly `n` bytes.
inline Result<std::string> hear(Runtime& runtime, Connection& connection, std::size_t n,
                                runtime::Duration patience = 1h) {
  std::string heard;
  std::array<std::byte, 4096> room;
  while (heard.size() < n) {
    const auto into = std::span(room).first(std::min(room.size(), n - heard.size()));
    const auto got = connection.read_some(into, runtime.clock.now() + patience);
    if (!got) return got.error();
    heard += as_text(Bytes(into).first(*got));
  }
  return heard;
}

/// Answers every byte with the same byte, each connection on a fiber of its own.
inline void echo(Runtime runtime) {
  auto listener = runtime.network.listen({"0.0.0.0", 80}).value();
  for (;;) {
    auto accepted = listener->accept();
    if (!accepted) return;
    runtime.tasks.spawn("echo",
                        [runtime, connection = std::shared_ptr<Connection>(std::move(*accepted))]() mutable {
                          std::array<std::byte, 1000> room;
                          for (;;) {
                            const auto n = connection->read_some(room, Instant::never());
                            if (!n || !say(runtime, *connection, as_text(Bytes(room).first(*n)))) return;
                          }
                        });
  }
}

inline std::string read_all(runtime::File& file) {
  std::string text(file.size().value(), '\0');
  const auto n = file.read_at(0, std::as_writable_bytes(std::span(text))).value();
  text.resize(n);
  return text;
}

inline Result<void> write(runtime::File& file, std::uint64_t offset, std::string_view text) {
  const Bytes bytes = as_bytes(text);
  return file.write_at(offset, {&bytes, 1});
}

}  // namespace gantry::sim

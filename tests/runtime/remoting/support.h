#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/remoting/client.h"
#include "runtime/remoting/server.h"
#include "runtime/sync/wait.h"
#include "sim/simulation.h"

namespace gantry::runtime::remoting::test {

using model::protocol::RequestCode;
using model::protocol::ResponseCode;

/// Keeps what a node lets the world know.
class Noted final : public Events {
 public:
  void log(Level, std::string_view text) override { lines.emplace_back(text); }
  void record(std::string_view, std::string_view, std::span<const std::int64_t>) override {}
  void probe(std::string_view name) override { ++counts[std::string(name)]; }
  void count(std::string_view metric, std::int64_t by) override { counts[std::string(metric)] += by; }

  std::vector<std::string> lines;
  std::map<std::string, std::int64_t> counts;
};

/// Handlers that tests ask for: one answers at once with the request's body, one never answers.
inline constexpr RequestCode echo = RequestCode::send_message;
inline constexpr RequestCode keep = RequestCode::pull_message;

inline Command ask(RequestCode code, std::string_view body = {}) {
  Command command = Command::request(code);
  command.body = to_buffer(as_bytes(body));
  return command;
}
/// The same as the bytes of a frame.
inline Buffer frame(RequestCode code, std::int32_t opaque, std::string_view body = {},
                    std::int32_t flag = 0) {
  Command command = ask(code, body);
  command.opaque = opaque;
  command.flag = flag;
  return encode(command);
}
inline Command answer(std::string_view body = {}) {
  Command command = Command::response(ResponseCode::success);
  command.body = to_buffer(as_bytes(body));
  return command;
}

/// A server on a port of this node, whose traffic and closes are kept.
struct EchoServer {
  explicit EchoServer(Runtime runtime, ChannelOptions options = {},
                      std::size_t connections_max = Server::connections_max_default)
      : server({runtime.clock, runtime.tasks, runtime.network, runtime.disk, runtime.random, noted}, options,
               connections_max) {
    server.on(echo, [this](const CommandView& request, const Responder& respond) {
      requests.emplace_back(as_text(request.body));
      respond(answer(as_text(request.body)));
    });
    server.on(keep, [this](const CommandView& request, Responder respond) {
      requests.emplace_back(as_text(request.body));
      kept.push_back(std::move(respond));
    });
    server.on_close([this](const std::shared_ptr<Channel>& channel) { closed.push_back(channel->id()); });
    at = server.listen({"0.0.0.0", 0}).value();
    at.host = "127.0.0.1";
  }

  Noted noted;
  std::vector<std::string> requests;
  std::vector<Responder> kept;
  std::vector<ChannelId> closed;
  Server server;
  Endpoint at;
};

/// Runs `body` on a node of its own, in virtual time.
inline void in_node(const std::function<void(Runtime)>& body) {
  bool ended = false;
  sim::in_simulation([&](Runtime runtime) {
    body(runtime);
    ended = true;
  });
  EXPECT_TRUE(ended);
}

inline void nap(Runtime runtime, Duration time) {
  ASSERT_TRUE(sync::sleep(runtime.tasks, runtime.clock, time));
}
inline Instant in(Runtime runtime, Duration time) {
  return runtime.clock.now() + time;
}

/// A peer that writes and reads bytes by itself.
struct RawPeer {
  RawPeer(Runtime with, const Endpoint& to)
      : runtime(with), connection(with.network.connect(to, in(with, 3s)).value()) {}

  void write(Bytes bytes) {
    while (!bytes.empty()) {
      const std::size_t taken = connection->write_some(std::vector<Bytes>{bytes}).value();
      bytes = bytes.subspan(taken);
      if (bytes.empty()) return;
      ASSERT_TRUE(connection->await_writable(in(runtime, 60s)));
    }
  }
  /// The next frame, or nothing when the stream has ended.
  std::optional<Command> read(Duration patience = 10s) {
    for (;;) {
      if (const auto size = model::protocol::frame_size(received).value(); size && *size <= received.size()) {
        CommandView view;
        EXPECT_TRUE(decode(Bytes(received).first(*size), view));
        Command command = view.to_command();
        received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(*size));
        return command;
      }
      std::byte chunk[4096];
      const auto got = connection->read_some(chunk, in(runtime, patience));
      if (!got) {
        ended_by = got.error().code;
        return std::nullopt;
      }
      received.insert(received.end(), chunk, chunk + *got);
    }
  }

  Runtime runtime;
  std::unique_ptr<Connection> connection;
  Buffer received;
  Errc ended_by{};
};

}  // namespace gantry::runtime::remoting::test

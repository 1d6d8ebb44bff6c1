#pragma once

#include "sim/network/fabric.h"

namespace gantry::sim {
struct Process;
}

namespace gantry::sim::network {

/// Finds a machine by its address or its name; null when there is none. `localhost` is the caller's.
using Resolve = std::function<Machine*(std::string_view host)>;

/// The network as one incarnation of a process is handed it.
class Sockets final : public runtime::Network {
 public:
  Sockets(Fabric& fabric, tasks::Node& node, Resolve resolve)
      : fabric_(fabric), node_(node), resolve_(std::move(resolve)) {}

  Result<std::unique_ptr<runtime::Listener>> listen(const runtime::Endpoint& at) override;
  Result<std::unique_ptr<runtime::Connection>> connect(const runtime::Endpoint& to,
                                                       runtime::Instant deadline) override;

 private:
  Fabric& fabric_;
  tasks::Node& node_;
  Resolve resolve_;
  std::map<std::uint64_t, std::uint64_t> connects_;  // by machine: each is named by how many there were
};

/// One end of a stream, in the hands of a node.
class SimConnection final : public runtime::Connection {
 public:
  SimConnection(Fabric& fabric, tasks::Node& node, std::shared_ptr<Stream> stream, int side)
      : fabric_(fabric), node_(node), stream_(std::move(stream)), side_(side) {}
  ~SimConnection() override { close(); }

  Result<std::size_t> read_some(std::span<std::byte> into, runtime::Instant deadline) override;
  Result<std::size_t> write_some(std::span<const Bytes> from) override;
  Result<void> await_writable(runtime::Instant deadline) override;
  void close() override;
  runtime::Endpoint local() const override { return end().local; }
  runtime::Endpoint peer() const override { return end().peer; }

 private:
  End& end() const { return stream_->end[side_]; }
  Result<std::size_t> take(std::span<std::byte> into);
  std::int64_t id() const { return stream_->name(); }

  Fabric& fabric_;
  tasks::Node& node_;
  std::shared_ptr<Stream> stream_;
  int side_;
};

class SimListener final : public runtime::Listener {
 public:
  SimListener(Fabric& fabric, tasks::Node& node, std::shared_ptr<Port> port, runtime::Endpoint local)
      : fabric_(fabric), node_(node), port_(std::move(port)), local_(std::move(local)) {}
  ~SimListener() override { close(); }

  Result<std::unique_ptr<runtime::Connection>> accept() override;
  void close() override;
  runtime::Endpoint local() const override { return local_; }

 private:
  Fabric& fabric_;
  tasks::Node& node_;
  std::shared_ptr<Port> port_;
  runtime::Endpoint local_;
};

}  // namespace gantry::sim::network

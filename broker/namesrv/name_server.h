#pragma once

#include <memory>

#include "broker/namesrv/namesrv_config.h"
#include "model/base/result.h"
#include "runtime/runtime.h"

namespace gantry::broker::namesrv {

/// RocketMQ's NameServer. Brokers register here every 30 seconds, and clients ask which brokers have a topic.
/// It knows only what it was told in the last two minutes. After a restart it is empty, and the next
/// registrations fill it again. Only the KV configuration is on disk.
///
/// A broker is forgotten when it unregisters, when the connection over which it registered closes, or when it
/// has been silent for too long.
class NameServer {
 public:
  /// What `runtime` refers to must outlive this.
  NameServer(runtime::Runtime runtime, NamesrvConfig config);
  ~NameServer();  // stop() has returned, or the node is gone
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  /// Loads the KV configuration, and then serves. Suspends. Errors: those of Network::listen, and those of
  /// Disk if the file is there and cannot be used. After an error nothing has been started.
  Result<void> start();
  /// The address at which it serves, with the real port. To be called after start().
  runtime::Endpoint address() const;
  /// Frees the port, closes all connections and waits until the fibers have ended. Suspends.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gantry::broker::namesrv

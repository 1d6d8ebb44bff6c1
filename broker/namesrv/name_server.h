#pragma once

#include <memory>

#include "broker/namesrv/namesrv_config.h"
#include "model/base/result.h"
#include "runtime/runtime.h"

namespace gantry::broker::namesrv {

/// RocketMQ's NameServer: brokers register here every 30 seconds, clients ask which brokers have a
/// topic. It knows nothing but what it was told in the last two minutes; after a restart it is empty
/// and fills again with the next registrations. Only the KV configuration is on disk.
///
/// A broker is forgotten when it says so, when the connection over which it registered closes, or
/// when it has been silent for too long.
class NameServer {
 public:
  /// What `runtime` refers to must outlive this.
  NameServer(runtime::Runtime runtime, NamesrvConfig config);
  ~NameServer();  // stop() has returned, or the node is gone
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  /// Loads the KV configuration, then serves. Errors: those of Network::listen and, when the file is
  /// there and cannot be used, of Disk; then nothing was started. Suspends.
  Result<void> start();
  /// Where it serves, with the real port. After start().
  runtime::Endpoint address() const;
  /// Frees the port, closes all connections and waits for the fibers. Suspends.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gantry::broker::namesrv

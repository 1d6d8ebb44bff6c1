#pragma once

#include "broker/namesrv/kv_config.h"
#include "broker/namesrv/namesrv_config.h"
#include "model/protocol/command.h"
#include "runtime/remoting/server.h"
#include "runtime/runtime.h"
#include "runtime/sync/mutex.h"

namespace gantry::broker::namesrv {

/// The requests about the KV configuration and about the NameServer's own configuration. Those that change
/// something suspend until the change is durable.
class SettingsRequests {
 public:
  /// Everything that is passed by reference must outlive this object.
  SettingsRequests(runtime::Runtime runtime, NamesrvConfig& config, KvConfig& kv)
      : runtime_(runtime), config_(config), kv_(kv), updating_(runtime.tasks) {}

  /// Gives `server` the handlers of these requests. To be called before it listens. This object must outlive
  /// every request that the server handles.
  void serve(runtime::remoting::Server& server);

 private:
  using Command = model::protocol::Command;
  using View = model::protocol::CommandView;

  Command put(const View& request);
  Command get(const View& request) const;
  Command remove(const View& request);
  Command list(const View& request) const;
  /// Takes all of the request's lines or none of them.
  Command update_config(const View& request);
  Command print_config() const;

  runtime::Runtime runtime_;
  NamesrvConfig& config_;
  KvConfig& kv_;
  runtime::sync::Mutex updating_;
};

}  // namespace gantry::broker::namesrv

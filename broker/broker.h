#pragma once

#include <memory>
#include <string>

#include "broker/config/broker_config.h"
#include "model/base/result.h"
#include "runtime/runtime.h"

namespace gantry::broker {

using config::BrokerConfig;

/// One broker: a store, the requests of RocketMQ's remoting protocol on listenPort and (all but
/// pulls) on listenPort - 2, and a registration at every NameServer.
///
///     start():  open both ports --> lock the store --> read config/*.json --> recover --> serve --> register
///     stop():   unregister --> stop listening, answer held pulls --> save offsets --> stop the store
///
/// The ports come first: a start that fails before the recovery has changed nothing on the disk. Clients that
/// connect before the broker serves wait. Nothing is served before everything is loaded, and nothing is saved
/// before it was loaded.
///
/// What has been answered as stored survives a kill, and it survives a loss of power as flushDiskType
/// promises. A crash takes consumer offsets back by up to flushConsumerOffsetInterval.
///
/// All calls from fibers of one node.
class Broker {
 public:
  /// Does nothing yet. `runtime` outlives the broker.
  Broker(runtime::Runtime runtime, BrokerConfig config);
  ~Broker();  // stop() has returned, or start() failed, or the node is gone

  /// Suspends until the broker serves and every NameServer has answered or failed. Errors: those of
  /// MessageStore::open() and Network::listen(), `invalid` for a config/*.json that cannot be read.
  /// After an error nothing runs, the ports and the store are free, and trouble() says more.
  Result<void> start();
  /// Why start() failed, in one sentence for the operator.
  const std::string& trouble() const;
  /// Suspends until all is saved and all fibers have ended. Once; without effect when not started.
  void stop();
  /// Breaks an invariant when the broker's log, or something that is derived from it, contradicts itself.
  /// Without effect while it does not serve. Never suspends.
  void check_invariants() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gantry::broker

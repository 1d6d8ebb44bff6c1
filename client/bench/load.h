#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "client/bench/connection.h"
#include "client/bench/measured.h"
#include "client/bench/target.h"

namespace gantry::client::bench {

/// Puts load on brokers from one thread, which calls run().
///
/// In a closed loop each free place is taken at once, and a request counts from the moment when it is sent.
/// In an open loop request i is due at i / rate, and it counts from that moment even when it had to wait for
/// a free place, so that a broker that stalls cannot hide the requests that it kept from being sent.
class Load {
 public:
  /// Is told of each second that has passed.
  using Progress = std::function<void(const Period&)>;

  explicit Load(const Options& options);
  ~Load();

  /// Connects to the targets in turn. Returns nothing, or a sentence that says what is in the way.
  std::optional<std::string> connect(const std::vector<Target>& targets);
  /// Sends until the time is over or `stop` is set, and then waits for what is under way. `progress` is
  /// called about once a second. run() is called once.
  Measured run(const Progress& progress, const std::atomic<bool>& stop);

 private:
  class Run;
  const Options options_;
  std::vector<std::unique_ptr<const std::vector<SendFrame>>> frames_;  // by target
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  Socket epoll_;
};

}  // namespace gantry::client::bench

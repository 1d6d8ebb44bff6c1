#pragma once

#include <functional>
#include <memory>
#include <string>

#include "model/base/result.h"
#include "runtime/asio/node_events.h"
#include "runtime/runtime.h"

namespace gantry::runtime::asio {

struct NodeOptions {
  /// For people: stands in log lines and names the thread.
  std::string name = "node";
  /// What relative paths of the node's Disk are relative to. Not made: see Disk::make_directories.
  std::string root = ".";
  LogOptions log;
  NodeEvents::Recorder recorder;
  /// A stop that takes longer is forced: the node's fibers are unwound as by a crash.
  Duration stop_max = 30s;
  /// How long the node may poll at most before it blocks; 0 never. See Polling for when it does.
  Duration spin_max = 200us;
};

/// One node in the real world: the six groups of the runtime, on the operating system, and the
/// thread that calls run(). Several nodes may live in one process, each on its own thread; they
/// share nothing.
class Node {
 public:
  /// How run() came to its end: all fibers ended by themselves, or the stop was forced.
  enum class End { in_order, forced };

  /// Errors: `denied` when the log file cannot be opened.
  static Result<std::unique_ptr<Node>> create(NodeOptions options);
  ~Node();  // run() has returned or was never called
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Runs `main` as the node's first fiber, until it and every other fiber has ended. Once.
  End run(std::function<void(Runtime)> main);

  /// Asks the node to stop, from any thread, also before run(). Asked a second time, or `stop_max`
  /// later, the end is forced.
  void request_stop();
  /// Suspends the calling fiber until somebody asks the node to stop.
  void await_stop();
  /// Whether somebody has; on the node's thread.
  bool stopping() const;

  /// Runs `action` on the node's thread soon, on no fiber; it may spawn and unpark, not suspend.
  /// From any thread. Dropped when the node has ended before.
  void post(std::function<void()> action);

  /// Sums of Events::count and Events::probe; on the node's thread, or after run().
  const Counters& counters() const;

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gantry::runtime::asio

#pragma once

#include <memory>
#include <vector>

namespace gantry::runtime::asio {

class Node;

/// Turns SIGTERM and SIGINT into Node::request_stop() of all given nodes, for as long as it lives: the
/// first one asks them to stop, the second one forces it. One per process, made by its main().
class StopSignals {
 public:
  explicit StopSignals(std::vector<Node*> nodes);
  ~StopSignals();  // before the nodes
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gantry::runtime::asio

#include "runtime/asio/stop_signals.h"

#include <csignal>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "runtime/asio/node.h"

namespace gantry::runtime::asio {

class StopSignals::Impl {
 public:
  explicit Impl(std::vector<Node*> nodes) : nodes_(std::move(nodes)) {
    wait();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Impl() {
    io_.stop();
    thread_.join();
  }

 private:
  void wait() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      for (Node* const node : nodes_) node->request_stop();
      wait();
    });
  }
  const std::vector<Node*> nodes_;
  boost::asio::io_context io_;
  boost::asio::signal_set signals_{io_, SIGINT, SIGTERM};
  std::thread thread_;
};

StopSignals::StopSignals(std::vector<Node*> nodes) : impl_(std::make_unique<Impl>(std::move(nodes))) {}
StopSignals::~StopSignals() = default;

}  // namespace gantry::runtime::asio

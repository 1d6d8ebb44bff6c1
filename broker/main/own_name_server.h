#pragma once

#include <future>
#include <memory>
#include <thread>

#include "broker/config/addresses.h"
#include "broker/config/broker_config.h"
#include "broker/main/namesrv_trouble.h"
#include "broker/main/program.h"
#include "broker/namesrv/name_server.h"

namespace gantry::broker::program {

/// A NameServer on a node and a thread of its own, beside the broker; it listens on the port that
/// namesrvAddr names first, and on the broker's bindAddress. The two share nothing.
class OwnNameServer {
 public:
  explicit OwnNameServer(const config::BrokerConfig& broker) {
    config_.connections_max = broker.connections_max;
    const auto addresses = config::parse_addresses(broker.namesrv_addr);
    if (addresses && !addresses->empty()) config_.listen_port = addresses->front().port;
    config_.bind_address = broker.bind_address;
    config_.kv_config_path = broker.store_path_root_dir + "/namesrv/kvConfig.json";
    config_.config_store_path = broker.store_path_root_dir + "/namesrv/namesrv.properties";
  }
  /// Stops it, and waits for its thread.
  ~OwnNameServer() {
    if (!thread_.joinable()) return;
    node_->request_stop();
    thread_.join();
  }
  OwnNameServer(const OwnNameServer&) = delete;
  OwnNameServer& operator=(const OwnNameServer&) = delete;

  /// Returns once it serves; false when it cannot, which stderr then says. Once.
  bool start() {
    node_ = make_node("namesrv");
    if (!node_) return false;
    std::promise<bool> serving;
    std::future<bool> served = serving.get_future();
    thread_ = std::thread([this, &serving] {
      live<namesrv::NameServer>(
          *node_, config_, [&](namesrv::NameServer&) { serving.set_value(true); },
          [&](namesrv::NameServer&, const Error& error) {
            fmt::print(stderr, "The NameServer did not start: {}.\n", namesrv_trouble(config_, error));
            serving.set_value(false);
          });
    });
    return served.get();
  }

 private:
  namesrv::NamesrvConfig config_;
  std::unique_ptr<runtime::asio::Node> node_;
  std::thread thread_;
};

}  // namespace gantry::broker::program

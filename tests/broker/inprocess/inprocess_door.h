#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/membership/peer.h"
#include "broker/services/services.h"
#include "model/protocol/bodies/heartbeat.h"
#include "runtime/sync/future.h"

// A second door: it brings callers of the same process to the services, without any wire. Whatever it needs
// of a broker is in its includes.
namespace gantry::broker::inprocess {

/// Somebody in this process.
class InprocessPeer final : public membership::Peer {
 public:
  explicit InprocessPeer(membership::PeerId id) : id_(id) {}
  membership::PeerId id() const override { return id_; }
  runtime::Endpoint address() const override { return {"127.0.0.1", 0}; }
  bool connected() const override { return connected_; }
  void close() override { connected_ = false; }
  void members_changed(std::string_view group) override { told_.emplace_back(group); }

  /// The groups that it was told of, in order.
  const std::vector<std::string>& told() const { return told_; }

 private:
  const membership::PeerId id_;
  bool connected_ = true;
  std::vector<std::string> told_;
};

/// Outcomes as futures. One that never comes is the error `stopped`.
template <class T>
using Answer = runtime::sync::Future<model::delivery::Outcome<T>>;

class InprocessDoor {
 public:
  InprocessDoor(runtime::Tasks& tasks, services::Services& services) : tasks_(tasks), services_(services) {}

  std::shared_ptr<InprocessPeer> connect() {
    return std::make_shared<InprocessPeer>(services_.peer_ids.next());
  }
  void disconnect(InprocessPeer& peer) {
    peer.close();
    services_.peer_gone(peer.id());
  }

  Answer<sending::Sent> send(const sending::Request& request) {
    const auto promise = promised<sending::Sent>();
    services_.sending.send(request, [promise](auto outcome) { promise->set(std::move(outcome)); });
    return promise->future();
  }
  Answer<pulling::Pulled> pull(const std::shared_ptr<InprocessPeer>& peer, const pulling::Request& request) {
    auto promise = promised<pulling::Pulled>();
    auto answer = promise->future();
    services_.pulling.pull(
        peer, request, [promise = std::move(promise)](auto outcome) { promise->set(std::move(outcome)); });
    return answer;
  }
  /// One heartbeat of a client that consumes all messages of one topic.
  model::delivery::Outcome<void> join(const std::shared_ptr<InprocessPeer>& peer, std::string_view client_id,
                                      std::string_view group, std::string_view topic) {
    model::protocol::bodies::ConsumerData data;
    data.group_name = group;
    data.subscriptions.push_back(model::message::parse_tag_expression(topic, "*").value());
    data.subscriptions.back().topic = topic;
    return services_.consuming.heartbeat(peer, {.client_id = client_id, .consumers = {&data, 1}});
  }
  model::delivery::Outcome<std::vector<std::string>> members_of(std::string_view group) {
    return services_.consuming.members_of(group);
  }

 private:
  template <class T>
  std::shared_ptr<runtime::sync::Promise<model::delivery::Outcome<T>>> promised() {
    return std::make_shared<runtime::sync::Promise<model::delivery::Outcome<T>>>(tasks_);
  }

  runtime::Tasks& tasks_;
  services::Services& services_;
};

}  // namespace gantry::broker::inprocess

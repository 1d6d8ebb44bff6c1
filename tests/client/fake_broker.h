#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/protocol/command.h"
#include "runtime/remoting/server.h"
#include "runtime/runtime.h"
#include "runtime/sync/timer_queue.h"

namespace gantry::client::test {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using runtime::remoting::Responder;

/// A broker that does what it is told: stores in memory, answers as a real one, and fails on demand.
/// What a test wants to see or to break is public.
class FakeBroker {
 public:
  struct Topic {
    std::int32_t queues = 4;
    std::int32_t perm = 6;
  };
  using Queue = std::pair<std::string, std::int32_t>;                     // topic, id
  using GroupQueue = std::tuple<std::string, std::string, std::int32_t>;  // group, topic, id

  /// Listens at `host`, where clients are told to go.
  FakeBroker(runtime::Runtime runtime, std::string name, std::uint16_t port, std::string host = "127.0.0.1");
  void start();
  void stop();
  std::string address() const { return host_ + ":" + std::to_string(port_); }

  /// Stores as if a producer had sent it.
  void put(const std::string& topic, std::int32_t queue, std::string_view body, std::string_view properties);
  /// What is stored in all queues of a topic.
  std::size_t count(const std::string& topic) const;
  std::size_t requests(RequestCode code) const;

  const std::string name;
  std::map<std::string, Topic> topics;
  std::deque<std::int32_t> send_answers;     ///< codes for the next sends; when empty they are stored
  bool silent = false;                       ///< sends get no answer
  bool takes_back = false;                   ///< CONSUMER_SEND_MSG_BACK is answered with 0 instead of 3
  bool young_queues = false;                 ///< a group without an offset is told 0, as by a young queue
  std::deque<std::int64_t> illegal_offsets;  ///< the next pulls are answered with 21 and this offset
  std::map<Queue, std::vector<Buffer>> stored;
  std::map<GroupQueue, std::int64_t> offsets;
  std::map<std::string, std::set<std::string>> members;  ///< group -> client ids
  std::vector<Command> seen;                             ///< all requests, without their bodies
  std::vector<std::string> heartbeats;

 private:
  struct Held {
    Responder respond;
    Queue queue;
    std::int64_t offset;
    runtime::sync::TimerQueue::Id timer;
  };
  void send(const CommandView& request, const Responder& respond);
  void pull(const CommandView& request, const Responder& respond);
  void heartbeat(const CommandView& request, const Responder& respond);
  void leave(const std::shared_ptr<runtime::remoting::Channel>& channel);
  void notify(const std::string& group);
  void wake(const Queue& queue);
  Command pull_answer(const Queue& queue, std::int64_t offset) const;
  void on(RequestCode code, void (FakeBroker::*handle)(const CommandView&, const Responder&));
  void query_offset(const CommandView& request, const Responder& respond);
  void update_offset(const CommandView& request, const Responder& respond);
  void max_offset(const CommandView& request, const Responder& respond);
  void search_offset(const CommandView& request, const Responder& respond);
  void members_of(const CommandView& request, const Responder& respond);
  void unregister(const CommandView& request, const Responder& respond);
  void send_back(const CommandView& request, const Responder& respond);

  runtime::Runtime runtime_;
  std::string host_;
  std::uint16_t port_;
  runtime::remoting::Server server_;
  runtime::sync::TimerQueue timers_;
  std::vector<Held> held_;
  struct Member {
    std::string group, client_id;
    std::shared_ptr<runtime::remoting::Channel> channel;
  };
  std::vector<Member> joined_;
};

/// A name server that tells the routes of such brokers.
class FakeNamesrv {
 public:
  FakeNamesrv(runtime::Runtime runtime, std::uint16_t port, std::string host = "127.0.0.1");
  void start();
  void stop();
  runtime::Endpoint endpoint() const { return {host_, port_}; }

  std::vector<FakeBroker*> brokers;
  std::size_t asked = 0;

 private:
  std::string route(std::string_view topic) const;
  std::string host_;
  std::uint16_t port_;
  runtime::remoting::Server server_;
};

}  // namespace gantry::client::test

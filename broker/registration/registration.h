#pragma once

#include <map>
#include <memory>
#include <string>

#include "broker/config/broker_config.h"
#include "broker/topics/announcer.h"
#include "broker/topics/topic_table.h"
#include "runtime/log.h"
#include "runtime/remoting/client.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/wait.h"

namespace gantry::broker::registration {

/// Keeps all NameServers told who this broker is and which topics it has.
///
///     each NameServer:  report --answer--> wait for a change or 30 s --> report ...
///                         ^                       |
///                         +---- back-off <--------+-- no answer, or the connection is lost
///
/// A report has all topics with their version. A NameServer gets the next report only after it has answered
/// the last one, so that no report is overtaken by an older one; each NameServer is told on a fiber of its
/// own, so that a slow one keeps no other waiting. A NameServer that was restarted has forgotten everything,
/// which the loss of its connection tells us.
class Registration final : public topics::Announcer {
 public:
  /// What it refers to must outlive this.
  Registration(runtime::Runtime runtime, const config::BrokerConfig& config, topics::TopicTable& topics);
  ~Registration() override;  // stop() has returned, or the node is gone

  /// Begins to report. Suspends until each NameServer has answered or failed once.
  void start();
  /// The topics have changed, with a new version, or the list of NameServers has: each NameServer is told as
  /// soon as possible. Never suspends.
  void soon() override;
  /// The same, and suspends until the NameServers that answer quickly know. One that fails, or has not
  /// answered within a second, is told without anybody waiting for it.
  void tell() override;
  /// Ends the reports and takes this broker out of the NameServers that answer; suspends for both.
  void stop();

 private:
  /// What we know of one NameServer.
  struct Link;
  using LinkPtr = std::shared_ptr<Link>;

  void follow_config();
  void keep_told(const LinkPtr& link);
  void save_topics();
  void report(Link& link);
  bool rest(Link& link);
  void wait_for_answers(runtime::Duration limit);
  void take_order_topics(const model::protocol::Command& answer);
  void say_farewell();

  runtime::Runtime runtime_;
  const config::BrokerConfig& config_;
  topics::TopicTable& topics_;
  runtime::remoting::Client client_;
  runtime::sync::Cancellation stop_;
  std::map<runtime::Endpoint, LinkPtr> links_;
  std::uint64_t change_ = 0;  // counts what soon() was told
  runtime::sync::WaitList answered_;
  bool started_ = false;
  runtime::Complaint unsaved_;
  runtime::sync::TaskGroup fibers_;  // last: its members use all of the above
};

}  // namespace gantry::broker::registration

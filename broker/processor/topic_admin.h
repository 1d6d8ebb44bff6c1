#pragma once

#include "broker/processor/parts.h"
#include "broker/pulling/pull_hold.h"
#include "model/protocol/bodies/stats.h"

namespace gantry::broker::processor {

/// Topics and groups, for those who administer them. All may suspend: for the disk, or until the
/// NameServers know.
class TopicAdmin {
 public:
  TopicAdmin(Parts parts, pulling::PullHold& held) : parts_(parts), held_(held) {}

  Command update_topic(const CommandView& request);
  Command delete_topic(const CommandView& request);
  Command all_topics(const CommandView& request);
  Command topic_stats(const CommandView& request);
  Command consumed_by(const CommandView& request);
  Command system_topics(const CommandView& request);

  Command update_group(const CommandView& request);
  Command delete_group(const CommandView& request);
  Command all_groups(const CommandView& request);
  Command consume_stats(const CommandView& request);

 private:
  std::optional<Command> protect(std::string_view topic) const;
  void add_consume_stats(std::string_view group, const std::string& topic,
                         model::protocol::bodies::ConsumeStats& into);

  Parts parts_;
  pulling::PullHold& held_;
};

}  // namespace gantry::broker::processor

#pragma once

#include "broker/administration/group_changes.h"
#include "broker/administration/progress.h"
#include "broker/administration/topic_changes.h"
#include "broker/querying/querying.h"
#include "model/protocol/command.h"

namespace gantry::broker::processor {

/// Topics and groups, for those who administer them. Each answers one request. All may suspend: for the disk,
/// or until the NameServers know.
class TopicAdmin {
 public:
  using Command = model::protocol::Command;
  using View = model::protocol::CommandView;

  /// All must outlive the processor.
  TopicAdmin(administration::TopicChanges& topic_changes, administration::GroupChanges& group_changes,
             administration::Progress& progress, const querying::Querying& querying)
      : topic_changes_(topic_changes),
        group_changes_(group_changes),
        progress_(progress),
        querying_(querying) {}

  Command update_topic(const View& request);
  Command delete_topic(const View& request);
  Command all_topics(const View& request);
  Command topic_stats(const View& request);
  Command consumed_by(const View& request);
  Command system_topics(const View& request);

  Command update_group(const View& request);
  Command delete_group(const View& request);
  Command all_groups(const View& request);
  Command consume_stats(const View& request);

 private:
  administration::TopicChanges& topic_changes_;
  administration::GroupChanges& group_changes_;
  administration::Progress& progress_;
  const querying::Querying& querying_;
};

}  // namespace gantry::broker::processor

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/protocol/json_body.h"

/// Lists of names and tables of texts.
namespace gantry::model::protocol::bodies {

/// Answer to QUERY_TOPIC_CONSUME_BY_WHO 300.
struct GroupList {
  std::set<std::string> groups;

  friend bool operator==(const GroupList&, const GroupList&) = default;
  static constexpr auto json_members() { return std::tuple(json_member("groupList", &GroupList::groups)); }
};

/// Answer to the requests for topics.
struct TopicList {
  std::string broker_addr;
  std::set<std::string> topics;

  friend bool operator==(const TopicList&, const TopicList&) = default;
  static constexpr auto json_members() {
    return std::tuple(json_member("brokerAddr", &TopicList::broker_addr, JsonMemberForm::unless_default),
                      json_member("topicList", &TopicList::topics));
  }
};

/// Texts by name: runtime information, KV configuration.
struct KvTable {
  std::map<std::string, std::string> table;

  friend bool operator==(const KvTable&, const KvTable&) = default;
  static constexpr auto json_members() { return std::tuple(json_member("table", &KvTable::table)); }
};

}  // namespace gantry::model::protocol::bodies

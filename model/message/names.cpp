#include "model/message/names.h"

#include <algorithm>
#include <array>

#include "model/base/utf8.h"

namespace gantry::model::message {

namespace {

/// Names are checked at every door, so with a look at a table and not by comparing.
constexpr auto legal_characters = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-%|"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool legal(char c) {
  return legal_characters[static_cast<unsigned char>(c)];
}

bool blank(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

}  // namespace

Result<void> check_topic(std::string_view topic) {
  if (blank(topic)) return Error(Errc::invalid, "The specified topic is blank.");
  if (!std::ranges::all_of(topic, legal))
    return Error(Errc::invalid,
                 "The specified topic contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$");
  if (topic.size() > topic_bytes_max)
    return Error(Errc::invalid, "The specified topic is longer than topic max length 127.");
  if (topic == retry_prefix || topic == dead_letter_prefix)
    return Error(Errc::invalid, "The specified topic belongs to a group without a name.");
  return {};
}

Result<void> check_group(std::string_view group) {
  if (blank(group)) return Error(Errc::invalid, "the specified group is blank");
  if (!std::ranges::all_of(group, legal))
    return Error(Errc::invalid,
                 "the specified group contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$");
  if (group.size() > group_bytes_max)
    return Error(Errc::invalid, "the specified group is longer than group max length 255.");
  return {};
}

Result<void> check_client_id(std::string_view client_id) {
  if (blank(client_id)) return Error(Errc::invalid, "the client id is blank");
  if (client_id.size() > client_id_bytes_max) return Error(Errc::invalid, "the client id is longer than 255");
  if (has_unprintable_bytes(client_id))
    return Error(Errc::invalid, "the client id contains control characters or is not UTF-8");
  return {};
}

bool has_unprintable_bytes(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; };
  return std::ranges::any_of(text, control) || !is_utf8(text);
}

bool refuses_sends(std::string_view topic) {
  static constexpr std::array topics = {system_topic::schedule,  system_topic::half,
                                        system_topic::op_half,   system_topic::check_max_time,
                                        system_topic::self_test, system_topic::offset_moved};
  return std::ranges::find(topics, topic) != topics.end();
}

bool is_system_topic(std::string_view topic) {
  return topic.starts_with("rmq_sys_") || refuses_sends(topic) || topic == system_topic::auto_create ||
         topic == system_topic::benchmark || topic == system_topic::trace;
}

bool is_system_group(std::string_view group) {
  static constexpr std::array<std::string_view, 11> groups = {
      "DEFAULT_PRODUCER",   "DEFAULT_CONSUMER",   "TOOLS_CONSUMER",        "SCHEDULE_CONSUMER",
      "FILTERSRV_CONSUMER", "__MONITOR_CONSUMER", "CLIENT_INNER_PRODUCER", "SELF_TEST_P_GROUP",
      "SELF_TEST_C_GROUP",  "CID_ONS-HTTP-PROXY", "CID_ONSAPI_PERMISSION"};
  return group.starts_with("CID_RMQ_SYS_") || std::ranges::find(groups, group) != groups.end();
}

std::string retry_topic(std::string_view group) {
  return std::string(retry_prefix).append(group);
}
std::string dead_letter_topic(std::string_view group) {
  return std::string(dead_letter_prefix).append(group);
}

std::string_view group_of(std::string_view topic) {
  if (is_retry_topic(topic)) return topic.substr(retry_prefix.size());
  if (is_dead_letter_topic(topic)) return topic.substr(dead_letter_prefix.size());
  return {};
}

}  // namespace gantry::model::message

#include "broker/offsets/consumer_offsets.h"

#include <utility>

#include "model/protocol/bodies/offsets.h"

namespace gantry::broker::offsets {

namespace {

/// `"topic@group":{},`
std::size_t bytes_of_group(std::string_view topic, std::string_view group) {
  return topic.size() + group.size() + 8;
}
/// `16383:9223372036854775807,`
constexpr std::size_t bytes_of_offset = 28;

}  // namespace

ConsumerOffsets::ConsumerOffsets(runtime::Tasks& tasks, runtime::Disk& disk, runtime::Events& events,
                                 const std::string& store_root, std::size_t bytes_max)
    : bytes_max_(bytes_max),
      file_(tasks, disk, events, store_root + "/config/consumerOffset.json", [this] { return to_json(); }) {}

Result<void> ConsumerOffsets::load() {
  return file_.load([this](std::string_view text) { return parse(text); });
}

bool ConsumerOffsets::parse(std::string_view text) {
  auto read = model::protocol::read_body<model::protocol::bodies::ConsumerOffsetTable>(
      text, model::protocol::JsonLimits::own_file());
  if (!read) return false;
  table_.clear();
  bytes_ = 0;
  for (auto& [key, queues] : read->offsets) {
    // Neither name may hold an @, but for groups written by somebody laxer: the last one splits.
    const auto split = key.rfind('@');
    if (split == std::string::npos) continue;
    const std::string topic = key.substr(0, split);
    const std::string group = key.substr(split + 1);
    bytes_ += bytes_of_group(topic, group) + queues.size() * bytes_of_offset;
    table_[topic][group] = std::move(queues);
  }
  return true;
}

bool ConsumerOffsets::commit(std::string_view group, std::string_view topic, std::int32_t queue_id,
                             std::int64_t offset) {
  const auto of_topic = table_.find(topic);
  if (of_topic == table_.end()) return add(group, topic, queue_id, offset);
  const auto of_group = of_topic->second.find(group);
  if (of_group == of_topic->second.end()) return add(group, topic, queue_id, offset);
  const auto at = of_group->second.find(queue_id);
  if (at == of_group->second.end()) return add(group, topic, queue_id, offset);
  if (std::exchange(at->second, offset) != offset) file_.changed();
  return true;
}

bool ConsumerOffsets::add(std::string_view group, std::string_view topic, std::int32_t queue_id,
                          std::int64_t offset) {
  const std::size_t bytes = bytes_of_offset + (of(group, topic).empty() ? bytes_of_group(topic, group) : 0);
  if (bytes_ + bytes > bytes_max_) return false;
  bytes_ += bytes;
  table_[std::string(topic)][std::string(group)].emplace(queue_id, offset);
  file_.changed();
  return true;
}

std::optional<std::int64_t> ConsumerOffsets::query(std::string_view group, std::string_view topic,
                                                   std::int32_t queue_id) const {
  const auto of_topic = table_.find(topic);
  if (of_topic == table_.end()) return std::nullopt;
  const auto of_group = of_topic->second.find(group);
  if (of_group == of_topic->second.end()) return std::nullopt;
  const auto at = of_group->second.find(queue_id);
  if (at == of_group->second.end()) return std::nullopt;
  return at->second;
}

ConsumerOffsets::Queues ConsumerOffsets::of(std::string_view group, std::string_view topic) const {
  const auto of_topic = table_.find(topic);
  if (of_topic == table_.end()) return {};
  const auto of_group = of_topic->second.find(group);
  return of_group == of_topic->second.end() ? Queues{} : of_group->second;
}

std::vector<std::string> ConsumerOffsets::topics_of(std::string_view group) const {
  std::vector<std::string> found;
  for (const auto& [topic, groups] : table_)
    if (groups.contains(group)) found.push_back(topic);
  return found;
}

std::vector<std::string> ConsumerOffsets::groups_of(std::string_view topic) const {
  std::vector<std::string> found;
  if (const auto at = table_.find(topic); at != table_.end())
    for (const auto& [group, queues] : at->second) found.push_back(group);
  return found;
}

void ConsumerOffsets::remove_group(std::string_view group) {
  for (auto& [topic, groups] : table_)
    if (const auto at = groups.find(group); at != groups.end()) {
      bytes_ -= bytes_of_group(topic, group) + at->second.size() * bytes_of_offset;
      groups.erase(at);
      file_.changed();
    }
}

std::string ConsumerOffsets::to_json() const {
  model::protocol::bodies::ConsumerOffsetTable table;
  for (const auto& [topic, groups] : table_)
    for (const auto& [group, queues] : groups) table.offsets[topic + "@" + group] = queues;
  return model::protocol::write_text(table);
}

}  // namespace gantry::broker::offsets

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/files/table_file.h"

namespace gantry::broker::offsets {

/// How far each group has consumed each queue: the offset of the next message it wants. Kept in
/// `config/consumerOffset.json`, written from time to time: a crash takes groups back a little, so
/// that they see messages again and never miss one.
class ConsumerOffsets {
 public:
  using Queues = std::map<std::int32_t, std::int64_t>;

  /// `bytes_max`: how large the file may get.
  ConsumerOffsets(runtime::Tasks& tasks, runtime::Disk& disk, runtime::Events& events,
                  const std::string& store_root, std::size_t bytes_max);

  /// Before anything is served.
  Result<void> load();
  /// Suspends until every change so far is durable. Errors: those of the disk.
  Result<void> persist() { return file_.persist(); }

  /// Takes any offset, also a smaller one: that is how offsets are reset. Returns false when there was none
  /// for this queue, and the file has no room for it.
  bool commit(std::string_view group, std::string_view topic, std::int32_t queue_id, std::int64_t offset);
  /// Nothing when the group has none for this queue.
  std::optional<std::int64_t> query(std::string_view group, std::string_view topic,
                                    std::int32_t queue_id) const;
  /// By queue; empty when the group has none there.
  Queues of(std::string_view group, std::string_view topic) const;
  /// The topics that the group has an offset in, in order.
  std::vector<std::string> topics_of(std::string_view group) const;
  /// The groups that have an offset in the topic, in order.
  std::vector<std::string> groups_of(std::string_view topic) const;
  /// Forgets all offsets of a group.
  void remove_group(std::string_view group);
  /// Whether no group has ever had an offset.
  bool empty() const { return table_.empty(); }

  /// `{"offsetTable":{"topic@group":{0:5}}}`, as RocketMQ writes it.
  std::string to_json() const;

 private:
  bool parse(std::string_view text);
  bool add(std::string_view group, std::string_view topic, std::int32_t queue_id, std::int64_t offset);
  using Groups = std::map<std::string, Queues, std::less<>>;
  std::map<std::string, Groups, std::less<>> table_;  // by topic
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;  // what to_json() writes, at most
  files::TableFile file_;
};

}  // namespace gantry::broker::offsets

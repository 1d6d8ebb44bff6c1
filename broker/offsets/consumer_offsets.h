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
  Result<void> persist() { return file_.persist(); }

  /// Takes any offset, also a smaller one: that is how offsets are reset. False: it would be a new one,
  /// and the file has no room for it.
  bool commit(std::string_view group, std::string_view topic, std::int32_t queue_id, std::int64_t offset);
  std::optional<std::int64_t> query(std::string_view group, std::string_view topic,
                                    std::int32_t queue_id) const;
  /// By queue; empty when the group has none there.
  Queues of(std::string_view group, std::string_view topic) const;
  std::vector<std::string> topics_of(std::string_view group) const;
  std::vector<std::string> groups_of(std::string_view topic) const;
  void remove_group(std::string_view group);
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

#include "broker/store/queues/queue_table.h"

#include <charconv>
#include <optional>

#include "broker/files/files.h"
#include "model/message/names.h"

namespace gantry::broker::store::queues {

namespace {
std::optional<std::int32_t> queue_id_of(std::string_view name) {
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  // Only the one way in which an id is written, so that no two folders are one queue.
  if (error != std::errc{} || end != name.data() + name.size() || std::to_string(id) != name) return {};
  return id;
}
}  // namespace

QueueTable::QueueTable(runtime::Disk& disk, OpenFiles& open_files, std::string root, std::uint64_t file_bytes)
    : disk_(disk), open_files_(open_files), root_(std::move(root)), file_bytes_(file_bytes) {}

Result<bool> QueueTable::load(bool after_crash) {
  const std::string folder = root_ + "/consumequeue";
  if (auto made = files::make_durable_directories(disk_, folder); !made) return made.error();
  if (auto removed = files::remove_file(disk_, folder + ".making"); !removed) return removed.error();
  const auto topics = disk_.list(folder);
  if (!topics) return topics.error();
  bool in_order = true;
  for (const auto& topic : *topics) {
    if (!topic.is_directory || !model::message::check_topic(topic.name)) continue;
    const auto ids = disk_.list(folder + "/" + topic.name);
    if (!ids) return ids.error();
    for (const auto& id : *ids) {
      const auto queue_id = queue_id_of(id.name);
      if (!id.is_directory || !queue_id) continue;
      const auto loaded = find_or_make(topic.name, *queue_id).files().load(after_crash);
      if (!loaded) return loaded.error();
      in_order = in_order && *loaded;
    }
  }
  return in_order;
}

ConsumeQueue* QueueTable::find(std::string_view topic, std::int32_t id) const {
  if (latest_ && latest_->id() == id && latest_->topic() == topic) return latest_.get();
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return nullptr;
  const auto queue = found->second.find(id);
  return queue == found->second.end() ? nullptr : queue->second.get();
}

ConsumeQueue& QueueTable::find_or_make(std::string_view topic, std::int32_t id) {
  if (ConsumeQueue* const found = find(topic, id)) {
    latest_ = found;
    return *found;
  }
  auto at = topics_.find(topic);
  if (at == topics_.end()) at = topics_.emplace(std::string(topic), Queues{}).first;
  latest_ =
      new ConsumeQueue(std::string(topic), id, QueueFiles(disk_, open_files_, root_, topic, id, file_bytes_));
  at->second.emplace(id, latest_);
  return *latest_;
}

std::vector<QueuePtr> QueueTable::take(std::string_view topic) {
  std::vector<QueuePtr> taken;
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return taken;
  for (const auto& [id, queue] : found->second) {
    queue->removed = true;
    taken.push_back(queue);
  }
  topics_.erase(found);
  latest_.reset();
  return taken;
}

std::vector<QueuePtr> QueueTable::all() const {
  std::vector<QueuePtr> queues;
  for (const auto& [topic, by_id] : topics_)
    for (const auto& [id, queue] : by_id) queues.push_back(queue);
  return queues;
}

}  // namespace gantry::broker::store::queues

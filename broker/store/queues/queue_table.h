#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/store/open_files.h"
#include "broker/store/queues/consume_queue.h"
#include "runtime/disk.h"

namespace gantry::broker::store::queues {

/// All consume queues of a store, by topic and id.
class QueueTable {
 public:
  QueueTable(runtime::Disk& disk, OpenFiles& open_files, std::string root, std::uint64_t file_bytes);
  QueueTable(const QueueTable&) = delete;
  QueueTable& operator=(const QueueTable&) = delete;

  /// Opens the queues that have a folder; their files are found, their entries not yet looked at.
  /// False: files of some queue are missing, all must be rebuilt. Errors: as QueueFiles::load.
  Result<bool> load(bool after_crash);

  /// Null when there is none.
  ConsumeQueue* find(std::string_view topic, std::int32_t id) const;
  /// `topic` is a legal topic name: it becomes a folder.
  ConsumeQueue& find_or_make(std::string_view topic, std::int32_t id);
  /// Takes the queues of a topic out of the table, marked as removed.
  std::vector<QueuePtr> take(std::string_view topic);
  /// In ascending order of topic and id.
  std::vector<QueuePtr> all() const;

 private:
  using Queues = std::map<std::int32_t, QueuePtr>;

  runtime::Disk& disk_;
  OpenFiles& open_files_;
  std::string root_;
  std::uint64_t file_bytes_;
  std::map<std::string, Queues, std::less<>> topics_;
  QueuePtr latest_;  // a batch and its neighbours go to the same queue
};

}  // namespace gantry::broker::store::queues

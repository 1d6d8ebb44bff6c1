#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "traces/record/record.h"

namespace gantry::traces::story {

/// Follows the records of every log from the write to the sync that makes them durable: a sync covers
/// exactly the writes that had returned when it began, and what a failed one covered never gets durable.
class Durability {
 public:
  void record_written(const record::Event& log_record);
  void write_begins(const record::Event& disk_write);
  void write_returned(const record::Event& disk_written);
  void sync_begins(const record::Event& disk_sync);
  /// The messages that are durable from now on.
  std::vector<std::size_t> synced(const record::Event& disk_synced);
  /// The messages that were not, and will not be.
  std::vector<std::size_t> sync_failed(const record::Event& disk_sync_failed);
  /// A machine lost power: the messages in writes that no sync had covered. Forgets them.
  std::vector<std::size_t> lost_power(std::string_view machine);

 private:
  struct Pending {
    std::int64_t begin = 0, end = 0;  // of the write, in bytes of its file
    std::vector<std::size_t> messages;
    bool returned = false;
    bool covered = false;  // by a sync that is going on
    bool hopeless = false;
  };
  using File = std::pair<std::string, std::string>;  // node, path

  std::vector<std::size_t> take(const record::Event& sync, bool failed);

  std::map<File, std::vector<Pending>> pending_;
  File last_write_;
};

}  // namespace gantry::traces::story

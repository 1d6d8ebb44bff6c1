#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "broker/files/json_file.h"
#include "runtime/sync/mutex.h"

namespace gantry::broker::files {

/// A table in memory that is kept in a json file. Whoever changes the table calls changed(), and
/// persist() where the change has to survive a crash. Changes that come while a write is under way are
/// written together by the next one.
class TableFile {
 public:
  /// `text` lays the table out as it is now; it must not suspend. `tasks`, `disk` and `events` must outlive
  /// this.
  TableFile(runtime::Tasks& tasks, runtime::Disk& disk, runtime::Events& events, std::string path,
            std::function<std::string()> text);

  /// Hands the file's text to `parse`, which fills the table and returns whether the text was good.
  /// A missing file is fine and leaves the table as it is. Errors: those of JsonFile::read().
  Result<void> load(const JsonFile::Accept& parse);
  /// Whether load() has found the file itself. Then what is not in the table was not in it when it was last
  /// written. A missing file, or the older one that stands in for it, says nothing of the kind.
  bool loaded_last() const { return loaded_last_; }

  /// The table has changed.
  void changed() { ++version_; }
  /// Whether some change is not durable.
  bool dirty() const { return saved_ != version_; }
  /// How many changes there were.
  std::uint64_t version() const { return version_; }
  /// Whether the table is durable as it was after so many changes, or as it was later.
  bool saved(std::uint64_t version) const { return version <= saved_; }
  /// Suspends until every change so far is durable. Errors: those of the disk; then the changes are
  /// still to be written by the next call.
  Result<void> persist();

 private:
  JsonFile file_;
  std::function<std::string()> text_;
  runtime::sync::Mutex writing_;
  std::uint64_t version_ = 0;
  std::uint64_t saved_ = 0;
  bool loaded_last_ = false;
};

}  // namespace gantry::broker::files

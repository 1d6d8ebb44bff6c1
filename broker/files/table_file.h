#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "broker/files/json_file.h"
#include "runtime/sync/mutex.h"

namespace gantry::broker::files {

/// A table in memory that is kept in a json file. Whoever changes the table calls changed(), and
/// persist() where the change has to survive; changes that meet are written together.
class TableFile {
 public:
  /// `text` renders the table as it is now; it must not suspend.
  TableFile(runtime::Tasks& tasks, runtime::Disk& disk, runtime::Events& events, std::string path,
            std::function<std::string()> text);

  /// Hands the file's text to `parse`, which fills the table and returns whether the text was good.
  /// A missing file is fine and leaves the table as it is. Errors: those of JsonFile::read().
  Result<void> load(const JsonFile::Accept& parse);
  /// Whether load() has found the file itself: then what is not in the table was not in it when it was
  /// last written. A missing file or an older one says nothing of the kind.
  bool loaded_last() const { return loaded_last_; }

  void changed() { ++version_; }
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

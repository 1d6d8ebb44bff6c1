#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "broker/store/json_file.h"
#include "runtime/sync/mutex.h"

namespace gantry::broker::config {

/// A table in memory that is kept in a json file. Whoever changes the table calls changed(), and also
/// persist() if the change has to survive. Changes that are made at the same time are written together.
class TableFile {
 public:
  /// `text` renders the table in its present state. It must not suspend.
  TableFile(runtime::Tasks& tasks, runtime::Disk& disk, runtime::Events& events, std::string path,
            std::function<std::string()> text);

  /// Hands the file's text to `parse`, which fills the table and returns whether the text was good.
  /// A missing file is no error and leaves the table as it is. Errors: those of JsonFile::read().
  Result<void> load(const store::JsonFile::Accept& parse);
  /// Whether load() has found the file itself. Then what is not in the table was not in it when it was last
  /// written. A missing file, or an older one, does not say so.
  bool loaded_last() const { return loaded_last_; }

  void changed() { ++version_; }
  bool dirty() const { return saved_ != version_; }
  /// How many changes there have been.
  std::uint64_t version() const { return version_; }
  /// Whether the table is durable in the state that it had after `version` changes, or in a later state.
  bool saved(std::uint64_t version) const { return version <= saved_; }
  /// Suspends until every change so far is durable. Errors: those of the disk. After an error the next call
  /// writes the changes.
  Result<void> persist();

 private:
  store::JsonFile file_;
  std::function<std::string()> text_;
  runtime::sync::Mutex writing_;
  std::uint64_t version_ = 0;
  std::uint64_t saved_ = 0;
  bool loaded_last_ = false;
};

}  // namespace gantry::broker::config

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/base/result.h"
#include "runtime/disk.h"

namespace gantry::broker::store {

/// A small text file that is always whole: `config/*.json` of a broker or a name server.
///
///     path.tmp --sync--> path.bak (the content before) --> path --sync of the folder
///
/// Whatever crashes, `path` holds the last text whose write() returned, or a later one, or is as
/// missing as it was; `path`.bak holds an older one (RocketMQ's ConfigManager reads and writes the
/// same two files). One write() per path at a time. Everything here suspends.
class JsonFile {
 public:
  /// Whether a text is one, for instance because it parses.
  using Accept = std::function<bool(std::string_view)>;

  /// `disk` must outlive this. The folder is made by the first write().
  JsonFile(runtime::Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  /// The file's text if `accept` takes it, else that of the .bak; an empty file is never taken.
  /// Errors: `not_found` when neither is there; `invalid` when something is there and none is taken;
  /// `io`, `denied`, `too_large` (64 MiB) when that kept both from being read.
  Result<std::string> read(const Accept& accept) const;

  /// Puts `text` in place; durable when it returns. Errors: those of the disk: the old text stands.
  Result<void> write(std::string_view text);

  const std::string& path() const { return path_; }

 private:
  runtime::Disk& disk_;
  std::string path_;
};

}  // namespace gantry::broker::store

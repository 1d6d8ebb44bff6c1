#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/base/result.h"
#include "runtime/disk.h"
#include "runtime/log.h"

namespace gantry::broker::files {

/// A small text file that is always whole: `config/*.json` of a broker or a name server.
///
///     path.tmp --sync--> path.bak (the content before) --> path --sync of the folder
///
/// Whatever crashes, `path` holds the last text whose write() has returned, or a later one; a file that was
/// never written stays missing. `path`.bak holds an older text (RocketMQ's ConfigManager reads and writes the
/// same two files). What write() has taken, read() takes. One path has one write() at a time. Everything here
/// suspends.
class JsonFile {
 public:
  /// Whether a text is one, for instance because it parses.
  using Accept = std::function<bool(std::string_view)>;

  /// How large a text may be, in bytes.
  static constexpr std::uint64_t text_bytes_max = 64u << 20;

  struct Content {
    std::string text;
    bool from_backup = false;  ///< an older text, from the .bak: the last changes are not in it
  };

  /// `disk` and `events` must outlive this. The folder is made by the first write().
  JsonFile(runtime::Disk& disk, runtime::Events& events, std::string path,
           std::uint64_t bytes_max = text_bytes_max)
      : disk_(disk), events_(events), path_(std::move(path)), bytes_max_(bytes_max) {}

  /// The file's text if `accept` takes it. Where the file is missing, empty or not taken, that of the
  /// .bak, which the log then says. Errors: `not_found` when neither is there; `invalid` when
  /// something is there and none is taken; `io`, `denied`, `too_large` when that kept the file from
  /// being read: it may hold what the .bak lacks, so the .bak does not stand in for it.
  Result<Content> read(const Accept& accept) const;

  /// Puts `text` in place; durable when it returns. Errors: `too_large`, those of the disk: the old
  /// text stands.
  Result<void> write(std::string_view text);

  /// Where the file is, as the constructor was told.
  const std::string& path() const { return path_; }

 private:
  Result<void> refuse(std::size_t bytes);

  runtime::Disk& disk_;
  runtime::Events& events_;
  std::string path_;
  std::uint64_t bytes_max_;
  runtime::Complaint refused_;  // settled by a text that is small enough
};

}  // namespace gantry::broker::files

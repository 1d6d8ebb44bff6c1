#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "runtime/disk.h"

namespace gantry::broker::files {

/// "a/b" of "a/b/c", "." of "c", "/" of "/c".
std::string parent_of(std::string_view path);

/// Makes a folder and those above it, with names that survive a loss of power. Suspends.
/// Errors: those of Disk::make_directories and sync_directory.
Result<void> make_durable_directories(runtime::Disk& disk, std::string_view path);

/// The whole file. Errors: `not_found`, `denied`, `io`, `too_large` (over `bytes_max`). Suspends.
Result<Buffer> read_file(runtime::Disk& disk, std::string_view path, std::uint64_t bytes_max);

/// Puts `content` in place of the file at once: whatever crashes, `path` then holds what it held
/// before or `content`, whole; once this has returned, `content`. One writer per path at a time; the
/// new content passes through `path`.tmp. Suspends. Errors: those of the disk; then the old content
/// still stands, except that a failed sync of the folder leaves open which of the two survives.
Result<void> replace_file(runtime::Disk& disk, std::string_view path, Bytes content);

/// A file that is not there is as good as removed. Suspends.
Result<void> remove_file(runtime::Disk& disk, std::string_view path);

}  // namespace gantry::broker::files

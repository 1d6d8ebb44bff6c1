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

/// Reads the whole file. Errors: `not_found`, `denied`, `io`, `too_large` (over `bytes_max`). Suspends.
Result<Buffer> read_file(runtime::Disk& disk, std::string_view path, std::uint64_t bytes_max);

/// Puts `content` in the place of the file at once. Whatever crashes meanwhile, `path` then holds the whole
/// of what it held before, or the whole of `content`; once this has returned, it holds `content`. The new
/// content passes through `path`.tmp, so that one path has one writer at a time. Suspends. Errors: those of
/// the disk. The old content stands then, except that a failed sync of the folder leaves open which of the
/// two survives.
Result<void> replace_file(runtime::Disk& disk, std::string_view path, Bytes content);

/// Removes a file; one that is not there counts as removed. Suspends. Errors: those of Disk::unlink().
Result<void> remove_file(runtime::Disk& disk, std::string_view path);

}  // namespace gantry::broker::files

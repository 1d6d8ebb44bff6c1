#include "broker/store/log/log_files.h"

#include <algorithm>
#include <array>

#include "broker/files/files.h"
#include "model/base/invariant.h"
#include "model/layout/file_names.h"

namespace gantry::broker::store::log {

using runtime::OpenMode;

namespace {
constexpr std::size_t piece_bytes = 1u << 20;
}

LogFiles::LogFiles(runtime::Disk& disk, OpenFiles& open_files, const std::string& root,
                   std::uint64_t file_bytes)
    : disk_(disk),
      open_files_(open_files),
      folder_(root + "/commitlog"),
      making_(root + "/commitlog.making"),
      file_bytes_(static_cast<std::int64_t>(file_bytes)) {}

std::string LogFiles::path_of(PhysicalOffset file) const {
  return folder_ + "/" + model::layout::file_name_of(static_cast<std::uint64_t>(value(file)));
}

Result<void> LogFiles::load(bool after_crash) {
  if (auto made = files::make_durable_directories(disk_, folder_); !made) return made;
  if (auto removed = files::remove_file(disk_, making_); !removed) return removed;
  const auto names = disk_.list(folder_);
  if (!names) return names.error();

  for (std::size_t i = 0; i < names->size(); ++i) {
    const auto first = model::layout::first_byte_of((*names)[i].name);
    if (!first || (*names)[i].is_directory) continue;
    const auto start = PhysicalOffset{static_cast<std::int64_t>(*first)};
    const bool last = i + 1 == names->size();
    auto file = disk_.open(path_of(start), OpenMode::must_exist);
    if (!file) return file.error();
    const auto size = (*file)->size();
    if (!size) return size.error();
    const bool right = *size == static_cast<std::uint64_t>(file_bytes_);
    if (!right && *size == 0 && last) {  // a broker that died while it made the file
      file->reset();
      if (auto removed = disk_.unlink(path_of(start)); !removed) return removed;
      continue;
    }
    if (!right && !(after_crash && last && *size < static_cast<std::uint64_t>(file_bytes_)))
      return Error(Errc::invalid, "a commit log file is not of the size that mappedFileSizeCommitLog says");
    if (empty()) begin_ = start;
    if (start != limit() || file_of(start) != start)
      return Error(Errc::invalid, "the commit log files do not follow each other");
    if (!right) {
      if (auto grown = (*file)->allocate(static_cast<std::uint64_t>(file_bytes_)); !grown) return grown;
      if (auto synced = (*file)->sync(); !synced) return synced;
    }
    ++count_;
  }
  return {};
}

Result<OpenFiles::FilePtr> LogFiles::open(PhysicalOffset at) const {
  return open_files_.open(path_of(file_of(at)));
}

Result<void> LogFiles::reach(PhysicalOffset from, PhysicalOffset last) {
  if (empty()) begin_ = file_of(from);
  while (limit() <= last) {
    if (auto made = create(limit()); !made) return made;
    ++count_;
  }
  return {};
}

Result<void> LogFiles::create(PhysicalOffset file) {
  {
    auto made = disk_.open(making_, OpenMode::create_if_missing);
    if (!made) return made.error();
    // A file that was left half made is never used without being emptied.
    if (auto cut = (*made)->truncate(0); !cut) return cut;
    if (auto sized = (*made)->allocate(static_cast<std::uint64_t>(file_bytes_)); !sized) return sized;
    if (auto synced = (*made)->sync(); !synced) return synced;
  }
  if (auto named = disk_.rename(making_, path_of(file)); !named) return named;
  return disk_.sync_directory(folder_);
}

Result<void> LogFiles::write(PhysicalOffset at, std::span<const Bytes> from) {
  const PhysicalOffset start = file_of(at);
  OpenFiles::FilePtr file;
  if (const auto used = unsynced_.find(start); used != unsynced_.end()) {
    file = used->second;
  } else {
    auto opened = open(at);
    if (!opened) return opened.error();
    file = *opened;
  }
  unsynced_[start] = file;  // also when it fails: any part may have been written
  return file->write_at(static_cast<std::uint64_t>(at - start), from);
}

Result<std::size_t> LogFiles::read(PhysicalOffset at, std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size() && at < limit()) {
    auto file = open(at);
    if (!file) return file.error();
    const auto room = static_cast<std::size_t>(next_file(at) - at);
    const std::size_t wanted = std::min(into.size() - done, room);
    const auto got =
        (*file)->read_at(static_cast<std::uint64_t>(at - file_of(at)), into.subspan(done, wanted));
    if (!got) return got.error();
    if (*got == 0) break;
    done += *got;
    at = at + static_cast<std::int64_t>(*got);
  }
  return done;
}

Result<void> LogFiles::sync(PhysicalOffset to) {
  const auto files = unsynced_;  // more are written while one sync suspends us
  for (const auto& [start, file] : files) {
    if (start >= to) break;
    if (auto synced = file->sync(); !synced) return synced;
    if (next_file(start) <= to) unsynced_.erase(start);
  }
  return {};
}

Result<void> LogFiles::sync_all(PhysicalOffset from, PhysicalOffset to) {
  for (PhysicalOffset at = file_of(from); at < to && at < limit(); at = next_file(at)) {
    auto file = open(at);
    if (!file) return file.error();
    if (auto synced = (*file)->sync(); !synced) return synced;
  }
  return {};
}

Result<void> LogFiles::truncate(PhysicalOffset at) {
  while (count_ > 0 && limit() + -file_bytes_ >= at) {
    const PhysicalOffset last = limit() + -file_bytes_;
    open_files_.forget(path_of(last));
    unsynced_.erase(last);
    // From the end on, each name durably gone before the one in front of it: no gap survives.
    if (auto removed = files::remove_file(disk_, path_of(last)); !removed) return removed;
    if (auto synced = disk_.sync_directory(folder_); !synced) return synced;
    --count_;
  }
  if (empty() || limit() <= at) return {};
  auto file = open(at);
  if (!file) return file.error();
  if (auto cut = (*file)->truncate(static_cast<std::uint64_t>(at - file_of(at))); !cut) return cut;
  if (auto sized = (*file)->allocate(static_cast<std::uint64_t>(file_bytes_)); !sized) return sized;
  return (*file)->sync();
}

Result<void> LogFiles::rewrite(PhysicalOffset from, PhysicalOffset to) {
  Buffer buffer(piece_bytes);
  while (from < to) {
    const std::int64_t most = std::min(to - from, next_file(from) - from);
    const std::size_t bytes = std::min(buffer.size(), static_cast<std::size_t>(most));
    const auto got = read(from, std::span(buffer).first(bytes));
    if (!got) return got.error();
    if (*got == 0) return Error(Errc::io, "the commit log became shorter while it was read");
    const std::array<Bytes, 1> piece{Bytes(buffer).first(*got)};
    if (auto written = write(from, piece); !written) return written;
    from = from + static_cast<std::int64_t>(*got);
  }
  return {};
}

}  // namespace gantry::broker::store::log

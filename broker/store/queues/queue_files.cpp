#include "broker/store/queues/queue_files.h"

#include <algorithm>
#include <array>

#include "broker/files/files.h"
#include "model/layout/file_names.h"

namespace gantry::broker::store::queues {

using model::layout::QueueEntry;
using runtime::OpenMode;

namespace {
constexpr auto entry_bytes = static_cast<std::int64_t>(QueueEntry::bytes);
}

QueueFiles::QueueFiles(runtime::Disk& disk, OpenFiles& open_files, const std::string& root,
                       std::string_view topic, std::int32_t queue_id, std::uint64_t file_bytes)
    : disk_(disk),
      open_files_(open_files),
      root_(root),
      topic_folder_(root + "/consumequeue/" + std::string(topic)),
      folder_(topic_folder_ + "/" + std::to_string(queue_id)),
      entries_per_file_(std::max<std::int64_t>(1, static_cast<std::int64_t>(file_bytes) / entry_bytes)) {}

std::string QueueFiles::path_of(QueueOffset file) const {
  return folder_ + "/" + model::layout::file_name_of(static_cast<std::uint64_t>(value(file) * entry_bytes));
}

Result<bool> QueueFiles::load(bool after_crash) {
  const auto names = disk_.list(folder_);
  if (!names) return names.error();
  const auto right = static_cast<std::uint64_t>(entries_per_file_ * entry_bytes);
  bool in_order = true;
  for (const runtime::DirectoryEntry& name : *names) {
    const auto first = model::layout::first_byte_of(name.name);
    if (!first || name.is_directory) continue;
    const auto start = QueueOffset{static_cast<std::int64_t>(*first) / entry_bytes};
    const std::string path = folder_ + "/" + name.name;
    auto file = disk_.open(path, OpenMode::must_exist);
    if (!file) return file.error();
    const auto size = (*file)->size();
    if (!size) return size.error();
    if (*size != right) {
      if (!after_crash)
        return Error(Errc::invalid,
                     "a consume queue file is not of the size that mappedFileSizeConsumeQueue says");
      if (auto sized = (*file)->truncate(right); !sized) return sized.error();
    }
    if (empty()) begin_ = start;
    if (start != limit() || path != path_of(start)) {
      in_order = false;
      break;
    }
    ++count_;
  }
  return in_order;
}

Result<std::vector<QueueEntry>> QueueFiles::read(QueueOffset from, std::size_t most) const {
  if (from < begin_ || from >= limit()) return Error(Errc::not_found, "no consume queue file there");
  auto file = open_files_.open(path_of(file_of(from)));
  if (!file) return file.error();
  const auto left = static_cast<std::size_t>(next_file(from) - from);
  Buffer raw(std::min(most, left) * QueueEntry::bytes);
  const auto got = (*file)->read_at(static_cast<std::uint64_t>((from - file_of(from)) * entry_bytes), raw);
  if (!got) return got.error();
  std::vector<QueueEntry> entries(*got / QueueEntry::bytes);
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i] = model::layout::read_entry(Bytes(raw).subspan(i * QueueEntry::bytes, QueueEntry::bytes));
  return entries;
}

Result<void> QueueFiles::create(QueueOffset file) {
  // Of one root one queue at a time is written: the name is free.
  const std::string making = root_ + "/consumequeue.making";
  if (auto made = disk_.make_directories(folder_); !made) return made;
  {
    auto made = disk_.open(making, OpenMode::create_if_missing);
    if (!made) return made.error();
    if (auto cut = (*made)->truncate(0); !cut) return cut;
    // Not allocated: most queues never fill their first file.
    if (auto sized = (*made)->truncate(static_cast<std::uint64_t>(entries_per_file_ * entry_bytes)); !sized)
      return sized;
  }
  names_unsynced_ = true;
  return disk_.rename(making, path_of(file));
}

void QueueFiles::touch(QueueOffset file) {
  const auto at = std::ranges::lower_bound(unsynced_, file);
  if (at == unsynced_.end() || *at != file) unsynced_.insert(at, file);
}

Result<void> QueueFiles::write_pieces(QueueOffset at, std::span<const Bytes> pieces) {
  touch(file_of(at));
  auto file = open_files_.open(path_of(file_of(at)));
  if (!file) return file.error();
  return (*file)->write_at(static_cast<std::uint64_t>((at - file_of(at)) * entry_bytes), pieces);
}

Result<void> QueueFiles::write(QueueOffset at, Bytes entries) {
  if (empty()) begin_ = file_of(at);
  while (!entries.empty()) {
    Buffer filler;
    QueueOffset from = at;
    if (at >= limit()) {
      if (auto made = create(limit()); !made) return made;
      ++count_;
      from = file_of(at);
      append_entries(std::vector(static_cast<std::size_t>(at - from), QueueEntry::filler()), filler);
    }
    const auto room = static_cast<std::size_t>((next_file(at) - at) * entry_bytes);
    const Bytes now = entries.first(std::min(entries.size(), room));
    if (auto written = write_pieces(from, std::array<Bytes, 2>{filler, now}); !written) return written;
    entries = entries.subspan(now.size());
    at = next_file(at);
  }
  return {};
}

Result<void> QueueFiles::cut(QueueOffset to) {
  while (!empty() && limit() + -entries_per_file_ >= to) {
    const QueueOffset last = limit() + -entries_per_file_;
    open_files_.forget(path_of(last));
    std::erase(unsynced_, last);
    if (auto removed = files::remove_file(disk_, path_of(last)); !removed) return removed;
    // Each name is durably gone before the one in front of it: no queue that begins in its middle survives.
    if (auto synced = disk_.sync_directory(folder_); !synced) return synced;
    --count_;
  }
  if (empty() || to >= limit()) return {};
  touch(file_of(to));
  auto file = open_files_.open(path_of(file_of(to)));
  if (!file) return file.error();
  if (auto cut = (*file)->truncate(static_cast<std::uint64_t>((to - file_of(to)) * entry_bytes)); !cut)
    return cut;
  return (*file)->truncate(static_cast<std::uint64_t>(entries_per_file_ * entry_bytes));
}

Result<void> QueueFiles::remove_before(QueueOffset first) {
  while (count_ > 1 && begin_ + entries_per_file_ <= first) {
    open_files_.forget(path_of(begin_));
    std::erase(unsynced_, begin_);
    if (auto removed = files::remove_file(disk_, path_of(begin_)); !removed) return removed;
    names_unsynced_ = true;
    begin_ = begin_ + entries_per_file_;
    --count_;
  }
  return {};
}

Result<void> QueueFiles::sync() {
  for (const QueueOffset file : std::vector(unsynced_)) {
    auto opened = open_files_.open(path_of(file));
    if (!opened) return opened.error();
    if (auto synced = (*opened)->sync(); !synced) return synced;
  }
  unsynced_.clear();
  if (!names_unsynced_) return {};
  for (const std::string& folder : {folder_, topic_folder_, root_ + "/consumequeue"})
    if (auto synced = disk_.sync_directory(folder); !synced) return synced;
  names_unsynced_ = false;
  return {};
}

Result<void> QueueFiles::remove() {
  open_files_.forget(folder_);
  unsynced_.clear();
  names_unsynced_ = false;
  begin_ = {};
  count_ = 0;
  const auto names = disk_.list(folder_);
  if (!names && names.error().code == Errc::not_found) return {};
  if (!names) return names.error();
  // The last first, so that what a crash leaves is still one row of files, from the first one on.
  for (auto name = names->rbegin(); name != names->rend(); ++name) {
    if (auto removed = files::remove_file(disk_, folder_ + "/" + name->name); !removed) return removed;
    if (auto synced = disk_.sync_directory(folder_); !synced) return synced;
  }
  if (auto removed = files::remove_file(disk_, folder_); !removed) return removed;
  return disk_.sync_directory(topic_folder_);
}

}  // namespace gantry::broker::store::queues

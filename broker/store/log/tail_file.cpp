#include "broker/store/log/tail_file.h"

#include <algorithm>
#include <array>
#include <optional>

#include "broker/files/files.h"
#include "broker/store/log/log_scanner.h"
#include "model/layout/file_names.h"
#include "model/layout/record.h"
#include "runtime/log.h"

namespace gantry::broker::store::log {

using runtime::Disk;
using runtime::OpenMode;

namespace {
constexpr std::size_t zeros_bytes = 1u << 20;

std::string ring_path(const std::string& root) {
  return root + "/commitlog.tail";
}
std::string note_path(const std::string& root) {
  return root + "/commitlog.tail.from";
}

constexpr std::size_t digits = 20;
constexpr std::size_t notes_bytes_max = 128;
// Where the lines begin.
constexpr std::size_t written_at = 0, durable_at = digits + 1, boot_at = 2 * durable_at;

/// In place of an offset.
constexpr std::string_view nothing = "--------------------\n";
static_assert(nothing.size() == durable_at);

/// A part is empty where it says nothing: a loss of power may leave that.
struct Notes {
  std::optional<PhysicalOffset> written, durable;
  std::string boot;
};

std::optional<PhysicalOffset> offset_in(std::string_view text, std::size_t at) {
  if (text.size() < at) return std::nullopt;
  const auto offset = model::layout::first_byte_of(text.substr(at, digits));
  return offset ? std::optional(PhysicalOffset{static_cast<std::int64_t>(*offset)}) : std::nullopt;
}

Result<Notes> read_notes(Disk& disk, const std::string& root) {
  const auto read = files::read_file(disk, note_path(root), notes_bytes_max);
  if (!read && read.error().code != Errc::not_found && read.error().code != Errc::too_large)
    return read.error();
  const std::string_view text = read ? as_text(*read) : std::string_view();
  Notes notes{offset_in(text, written_at), offset_in(text, durable_at), {}};
  if (text.size() > boot_at) notes.boot = text.substr(boot_at);
  return notes;
}

Result<void> write_note(runtime::File& notes, std::size_t at, std::string_view line) {
  return notes.write_at(at, std::array<Bytes, 1>{as_bytes(line)});
}
Result<void> write_note(runtime::File& notes, std::size_t at, PhysicalOffset offset) {
  return write_note(notes, at, model::layout::file_name_of(static_cast<std::uint64_t>(value(offset))) + '\n');
}

/// A line of its own where the system does not tell: then every boot may be the same.
std::string boot_line(Disk& disk) {
  const auto id = disk.boot_id();
  return (id ? *id : "unknown") + '\n';
}

/// What lies in the ring from there on, `bytes` of it.
Bytes part_of(Bytes mirrored, PhysicalOffset at, std::size_t bytes) {
  return mirrored.subspan(static_cast<std::size_t>(value(at)) % (mirrored.size() / 2), bytes);
}

/// After the last of the whole records that follow each other in the ring from there on.
PhysicalOffset end_of_records(Bytes mirrored, PhysicalOffset from, const LogFiles& files) {
  const std::size_t size = mirrored.size() / 2;
  PhysicalOffset at = from;
  for (;;) {
    const std::size_t left = size - static_cast<std::size_t>(at - from);
    const Bytes bytes = part_of(mirrored, at, left);
    const auto front = model::layout::front_of(bytes);
    const bool is_blank = front.is_blank() && front.size == files.next_file(at) - at;
    const bool is_record = front.is_record() && front.size <= files.next_file(at) - at &&
                           model::layout::check_record(bytes, value(at)).has_value();
    if ((!is_blank && !is_record) || static_cast<std::size_t>(front.size) > left) return at;
    at = at + front.size;
  }
}

/// Whether a file has the beginning of the record alone, and zeros in place of the rest: a write that a kill
/// ended. Such a one passes for whole when only its properties are missing, for which there is no sum.
bool is_torn(Bytes in_file, Bytes in_ring, PhysicalOffset at) {
  if (!model::layout::check_record(in_ring, value(at))) return false;
  const auto [file, ring] = std::ranges::mismatch(in_file, in_ring);
  return file != in_file.end() &&
         std::all_of(file, in_file.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// After the whole records that the files hold from there on.
Result<PhysicalOffset> end_in_files(const LogFiles& files, PhysicalOffset from, Bytes mirrored) {
  LogScanner scanner(files, from);
  PhysicalOffset last = from;
  std::size_t last_bytes = 0;
  for (;;) {
    const auto next = scanner.next();
    if (!next) return next.error();
    if (!*next) break;
    last = PhysicalOffset{(*next)->physical_offset};
    last_bytes = (*next)->size;
  }
  if (last_bytes == 0 || last_bytes > mirrored.size() / 2) return scanner.position();
  const auto in_file = read_record_at(files, last, last_bytes);
  if (!in_file) return in_file.error();
  const bool torn = *in_file && is_torn(**in_file, part_of(mirrored, last, last_bytes), last);
  return torn ? last : scanner.position();
}

/// Puts an empty file of that size in the ring's place. Its name is durable when this returns.
Result<void> replace_by_empty(Disk& disk, const std::string& root, std::uint64_t size) {
  const std::string making = ring_path(root) + ".making";
  {
    auto file = disk.open(making, OpenMode::create_if_missing);
    if (!file) return file.error();
    if (auto cut = (*file)->truncate(0); !cut) return cut;
    if (auto sized = (*file)->allocate(size); !sized) return sized;
    if (auto synced = (*file)->sync(); !synced) return synced;
  }
  if (auto renamed = disk.rename(making, ring_path(root)); !renamed) return renamed;
  return disk.sync_directory(root);
}

/// Writes zeros over a ring of the right size, which needs no space on the disk.
Result<void> blank_out(runtime::File& file, std::uint64_t size) {
  const Buffer zeros(std::min<std::uint64_t>(zeros_bytes, size));
  for (std::uint64_t at = 0; at < size; at += zeros.size()) {
    const std::array<Bytes, 1> piece{Bytes(zeros).first(std::min<std::uint64_t>(zeros.size(), size - at))};
    if (auto written = file.write_at(at, piece); !written) return written;
  }
  return file.sync();
}

/// A ring that was used before holds records that must not come back. A new file costs a few system calls,
/// and zeros in the old one cost its size; but a full disk has no room for two, and must not keep the broker
/// from its start.
Result<void> make_empty_ring(Disk& disk, const std::string& root, std::uint64_t size) {
  const auto replaced = replace_by_empty(disk, root, size);
  if (replaced || replaced.error().code != Errc::no_space) return replaced;
  if (auto removed = files::remove_file(disk, ring_path(root) + ".making"); !removed) return removed;
  auto file = disk.open(ring_path(root), OpenMode::create_if_missing);
  if (!file) return file.error();
  const auto was = (*file)->size();
  if (!was) return was.error();
  if (*was != size) return replaced;
  return blank_out(**file, size);
}
}  // namespace

Result<void> TailFile::restore(Disk& disk, const std::string& root, LogFiles& files,
                               runtime::Events& events) {
  const auto notes = read_notes(disk, root);
  if (!notes) return notes.error();
  if (!notes->written) return {};
  const PhysicalOffset from = *notes->written;
  if (!files.empty() && (from < files.begin() || from > files.limit())) return {};
  const auto mapped = disk.map(ring_path(root));
  if (!mapped && (mapped.error().code == Errc::not_found || mapped.error().code == Errc::invalid)) return {};
  if (!mapped) return mapped.error();
  const Bytes ring = (*mapped)->bytes();
  if (end_of_records(ring, from, files) == from) return {};

  // A loss of power can leave an old note, and in the ring what was taken back: what the files hold may be
  // durable and is not written over.
  const auto begin = end_in_files(files, from, ring);
  if (!begin) return begin.error();
  const PhysicalOffset end = end_of_records(ring, *begin, files);
  if (end == *begin) return {};
  if (auto made = files.reach(*begin, end + -1); !made) return made;
  for (PhysicalOffset at = *begin; at < end;) {
    const PhysicalOffset to = std::min(end, files.next_file(at));
    const std::array<Bytes, 1> piece{part_of(ring, at, static_cast<std::size_t>(to - at))};
    if (auto written = files.write(at, piece); !written) return written;
    at = to;
  }
  runtime::log(events, runtime::Level::info,
               "store: {} bytes that the last process had in memory are put into the log at {}", end - *begin,
               value(*begin));
  events.probe("store.tail-restored");
  return files.sync(end);
}

Result<std::optional<PhysicalOffset>> TailFile::known_durable(Disk& disk, const std::string& root) {
  const auto notes = read_notes(disk, root);
  if (!notes) return notes.error();
  return notes->boot == boot_line(disk) ? notes->durable : std::nullopt;
}

Result<std::unique_ptr<TailFile>> TailFile::create(Disk& disk, const std::string& root, std::uint64_t size,
                                                   PhysicalOffset end) {
  if (auto emptied = make_empty_ring(disk, root, size); !emptied) return emptied.error();
  auto mapped = disk.map(ring_path(root));
  if (!mapped) return mapped.error();
  auto notes = disk.open(note_path(root), OpenMode::create_if_missing);
  if (!notes) return notes.error();
  std::unique_ptr<TailFile> made(new TailFile(std::move(*mapped), std::move(*notes)));
  if (auto noted = made->note_written(end); !noted) return noted.error();
  if (auto noted = made->note_durable(end); !noted) return noted.error();
  if (auto noted = write_note(*made->notes_, boot_at, boot_line(disk)); !noted) return noted.error();
  return made;
}

Result<void> TailFile::forget(Disk& disk, const std::string& root) {
  const auto notes = disk.open(note_path(root), OpenMode::must_exist);
  if (!notes && notes.error().code == Errc::not_found) return {};
  if (!notes) return notes.error();
  if (auto written = write_note(**notes, written_at, nothing); !written) return written;
  return (*notes)->sync();
}

Result<void> TailFile::remove(Disk& disk, const std::string& root) {
  // Without the note nobody looks at the ring.
  if (auto removed = files::remove_file(disk, note_path(root)); !removed) return removed;
  return files::remove_file(disk, ring_path(root));
}

Result<void> TailFile::note_written(PhysicalOffset to) {
  return write_note(*notes_, written_at, to);
}

Result<void> TailFile::note_durable(PhysicalOffset to) {
  return write_note(*notes_, durable_at, to);
}

}  // namespace gantry::broker::store::log

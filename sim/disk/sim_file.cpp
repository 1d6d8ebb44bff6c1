#include "sim/disk/sim_file.h"

#include <algorithm>

namespace gantry::sim::disk {

namespace {
std::int64_t fact(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

/// A write that is going on; over when this goes, by a crash as well.
class InFlight {
 public:
  explicit InFlight(Inode& inode) : inode_(inode), ticket_(inode.begin_write()) {}
  ~InFlight() { inode_.end_write(ticket_); }
  InFlight(const InFlight&) = delete;

 private:
  Inode& inode_;
  std::uint64_t ticket_;
};
}  // namespace

// The time that a call takes which touches the cache only.
bool SimFile::pass(std::size_t bytes) const {
  node_.sleep_until(files_.device.cached(node_.kernel().noise, node_.kernel().now, bytes));
  return !node_.gone();
}

Error SimFile::no_space() const {
  if (!node_.enter("disk.no-space", path_, {})) return Errc::gone;
  return Errc::no_space;
}

Result<std::size_t> SimFile::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (node_.gone()) return Errc::gone;
  if (!pass(into.size())) return Errc::gone;
  if (files_.device.failing_reads.strike()) {
    if (!node_.enter("disk.read-failed", path_, {fact(offset)})) return Errc::gone;
    return Errc::io;
  }
  const std::size_t n = inode_->read(offset, into);
  const Bytes read = into.first(n);
  if (!node_.enter("disk.read", path_, {fact(offset), fact(n)}, {&read, 1})) return Errc::gone;
  return n;
}

// Puts those bytes of `from` whose positions in it lie in [begin, end).
void SimFile::put(std::uint64_t offset, std::span<const Bytes> from, std::uint64_t begin, std::uint64_t end) {
  std::uint64_t at = 0;
  for (const Bytes piece : from) {
    const std::uint64_t first = std::clamp(at, begin, end);
    const std::uint64_t last = std::clamp(at + piece.size(), begin, end);
    if (first < last)
      inode_->write(offset + first, piece.subspan(static_cast<std::size_t>(first - at),
                                                  static_cast<std::size_t>(last - first)));
    at += piece.size();
  }
}

Result<void> SimFile::write_at(std::uint64_t offset, std::span<const Bytes> from) {
  std::uint64_t all = 0;
  for (const Bytes piece : from) all += piece.size();
  if (!node_.enter("disk.write", path_, {fact(offset), fact(all)}, from)) return Errc::gone;
  if (offset + all > inode_->size() && !files_.takes(offset + all - inode_->size())) return no_space();
  const bool fails = files_.device.failing_writes.strike();

  // Nothing, all or some whole pages of it are in the cache before the call returns: what a kill
  // leaves of a write that was going on.
  const InFlight in_flight(*inode_);
  const std::uint64_t bits =
      node_.kernel().noise(Domain::applied, files_.device.entity, 0, files_.device.operations);
  std::uint64_t early = 0;
  if ((bits & 3) == 1) early = all;
  else if ((bits & 3) == 2) early = std::min(all, scale(mix(bits), all / page_bytes + 2) * page_bytes);
  put(offset, from, 0, early);
  if (!pass(static_cast<std::size_t>(all))) return Errc::gone;
  if (fails) {
    if (!node_.enter("disk.write-failed", path_, {fact(offset)})) return Errc::gone;
    return Errc::io;
  }
  put(offset, from, early, all);
  // Only a sync that begins after this covers the write.
  if (!node_.enter("disk.written", path_, {fact(offset), fact(all)})) return Errc::gone;
  return {};
}

Result<void> SimFile::truncate(std::uint64_t size) {
  if (!node_.enter("disk.truncate", path_, {fact(size)})) return Errc::gone;
  if (!pass(0)) return Errc::gone;
  if (size > inode_->size() && !files_.takes(size - inode_->size())) return no_space();
  inode_->resize(size);
  return {};
}

Result<void> SimFile::allocate(std::uint64_t size) {
  if (!node_.enter("disk.allocate", path_, {fact(size)})) return Errc::gone;
  if (!pass(0)) return Errc::gone;
  if (size <= inode_->size()) return {};
  if (!files_.takes(size - inode_->size())) return no_space();
  inode_->resize(size);
  return {};
}

Result<void> SimFile::sync() {
  const Inode::Mark mark = inode_->mark();
  if (!node_.enter("disk.sync", path_, {fact(mark.size), fact(inode_->unsynced_bytes())})) return Errc::gone;
  Kernel& kernel = node_.kernel();
  node_.sleep_until(files_.device.queued(kernel.noise, kernel.now, inode_->unsynced_bytes()));
  if (node_.gone()) return Errc::gone;
  if (files_.device.failing_syncs.strike()) {
    const std::uint64_t bits = kernel.noise(Domain::sync_error, inode_->entity(), 0, mark.sequence);
    inode_->sync_failed(mark, (bits & 1) != 0);
    if (!node_.enter("disk.sync-failed", path_, {fact(mark.size)})) return Errc::gone;
    return Errc::io;
  }
  inode_->synced(mark);
  if (!node_.enter("disk.synced", path_, {fact(mark.size)})) return Errc::gone;
  return {};
}

Result<std::uint64_t> SimFile::size() const {
  if (node_.gone()) return Errc::gone;
  return inode_->size();
}

}  // namespace gantry::sim::disk

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/base/bytes.h"
#include "runtime/memory/mirror.h"
#include "sim/noise.h"

namespace gantry::sim::disk {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t sector_bytes = 512;
constexpr std::size_t chunk_pages = 256;

/// A file as memory, in the hands of a node.
struct Mapped {
  std::unique_ptr<runtime::memory::Mirror> memory;
  const void* node = nullptr;
};

/// How much of a disk its files take.
struct Usage {
  std::uint64_t total = std::uint64_t{1} << 40;
  std::uint64_t used = 0;
};

/// A file or a folder, as the page cache shows it, and what of it the disk does not hold yet.
///
/// The durable image is not kept: it is the cached one with the unsynced writes undone, last first.
/// Each write leaves what it replaced; a sync forgets that, oldest first; a loss of power undoes
/// some of it, page by page. So a write costs two copies of its bytes, and a sync next to nothing.
class Inode {
 public:
  Inode(std::uint64_t entity, bool directory, std::shared_ptr<Usage> usage);
  ~Inode();
  Inode(const Inode&) = delete;

  std::uint64_t entity() const { return entity_; }
  bool is_directory() const { return directory_; }
  std::uint64_t size() const { return size_; }
  std::uint64_t durable_size() const { return durable_size_; }
  /// What would have to be written by a sync now.
  std::uint64_t unsynced_bytes() const { return unsynced_bytes_; }

  std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, Bytes from);
  /// Sets the size; what is cut off reads as zeros should the file grow again.
  void resize(std::uint64_t size);

  /// A write that has begun and not returned: no sync that begins meanwhile covers it.
  std::uint64_t begin_write();
  void end_write(std::uint64_t ticket);
  /// What a sync that begins now covers.
  struct Mark {
    std::uint64_t sequence = 0;
    std::uint64_t size = 0;
  };
  Mark mark() const;
  void synced(Mark mark);
  /// The disk failed: what the mark covers is clean in the cache and will never be written, unless its
  /// page is written to again. With `evict` the cache already shows what the disk holds.
  void sync_failed(Mark mark, bool evict);
  /// Leaves each unsynced page old, in any version, new, torn or with garbage in any sector, and the size
  /// anywhere between the durable one and the last one.
  void lose_power(const Noise& noise, std::uint64_t loss);

  /// The file as memory of that node, of the size that it has.
  std::shared_ptr<Mapped> map(const void* node);
  /// What was stored in the memory is in the file from now on, as one unsynced write; later stores are not.
  void unmap();

  std::shared_ptr<Mapped> mapped;                                      // null: it is not
  std::map<std::string, std::shared_ptr<Inode>, std::less<>> entries;  // of a folder
  void* locked_by = nullptr;                                           // the node that holds the lock

 private:
  struct Page {
    std::array<std::byte, page_bytes> bytes{};
    std::uint32_t fresh_from = 0;  // nothing but zeros from here on
  };
  struct Chunk {
    std::array<std::unique_ptr<Page>, chunk_pages> pages;
  };
  /// What one write replaced in one page.
  struct Undo {
    std::uint64_t sequence;
    std::uint32_t page;
    std::uint16_t offset;
    std::uint16_t length;
    bool lost;                         // its sync failed
    std::unique_ptr<std::byte[]> old;  // null: zeros
  };
  using Undos = std::vector<const Undo*>;  // of one page, oldest first

  Page* find(std::uint64_t page) const;
  Page& make(std::uint64_t page);
  void replace(Page& page, std::uint32_t number, std::size_t offset, Bytes from, std::size_t length);
  static void undo(Page& page, const Undo& what);
  void lose_page(Page& page, const Undos& undos, std::uint64_t bits);
  static void tear(Page& page, const Page& old, std::uint64_t bits);
  static void spoil(Page& page, const Undos& undos, std::uint64_t bits);
  void set_size(std::uint64_t size);
  std::map<std::uint32_t, Undos> undos_by_page() const;

  const std::uint64_t entity_;
  const bool directory_;
  const std::shared_ptr<Usage> usage_;
  std::uint64_t size_ = 0;
  std::uint64_t durable_size_ = 0;
  std::uint64_t smallest_size_ = 0, largest_size_ = 0;  // since the last sync
  std::uint64_t sequence_ = 0;                          // of writes
  std::uint64_t unsynced_bytes_ = 0;
  bool anything_lost_ = false;
  std::vector<Undo> undo_;  // oldest first
  std::multiset<std::uint64_t> in_flight_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace gantry::sim::disk

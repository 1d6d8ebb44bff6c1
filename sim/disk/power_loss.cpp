// What a loss of power leaves of one file.
#include <algorithm>
#include <cstring>

#include "sim/disk/inode.h"

namespace gantry::sim::disk {

std::map<std::uint32_t, Inode::Undos> Inode::undos_by_page() const {
  std::map<std::uint32_t, Undos> pages;
  for (const Undo& entry : undo_) pages[entry.page].push_back(&entry);
  return pages;
}

void Inode::lose_power(const Noise& noise, std::uint64_t loss) {
  if (mapped != nullptr) unmap();
  for (const auto& [number, undos] : undos_by_page()) {
    const std::uint64_t bits = noise(Domain::page_loss, entity_, loss, number);
    lose_page(*find(number), undos, bits);
  }
  undo_.clear();
  in_flight_.clear();
  unsynced_bytes_ = 0;
  anything_lost_ = false;
  locked_by = nullptr;

  const std::uint64_t least = std::min(durable_size_, smallest_size_);
  const std::uint64_t most = std::max(durable_size_, largest_size_);
  const std::uint64_t bits = noise(Domain::size_loss, entity_, loss, 0);
  std::uint64_t size = size_;
  if ((bits & 3) == 0) size = durable_size_;
  else if ((bits & 3) != 1) size = least + scale(mix(bits), most - least + 1);
  resize(size);
  undo_.clear();
  unsynced_bytes_ = 0;
  durable_size_ = smallest_size_ = largest_size_ = size;
}

void Inode::lose_page(Page& page, const Undos& undos, std::uint64_t bits) {
  // A page whose sync failed and that nobody wrote to since will never reach the disk.
  const bool all_lost = std::ranges::all_of(undos, [](const Undo* entry) { return entry->lost; });
  const std::uint64_t kind = all_lost ? 0 : bits % 6;
  const std::size_t versions = undos.size();  // besides the newest
  std::size_t back = 0;                       // how many writes are undone
  if (kind == 0) back = versions;
  else if (kind == 1) back = 1 + static_cast<std::size_t>(scale(mix(bits), versions));
  if (kind <= 1) {
    for (std::size_t i = 0; i < back; ++i) undo(page, *undos[versions - 1 - i]);
  } else if (kind <= 3) {
    Page old = page;
    for (std::size_t i = versions; i-- > 0;) undo(old, *undos[i]);
    tear(page, old, mix(bits));
    if (kind == 3) spoil(page, undos, mix(bits + 1));
  }
  page.fresh_from = page_bytes;
}

// Each sector is of the one or of the other version.
void Inode::tear(Page& page, const Page& old, std::uint64_t bits) {
  for (std::size_t at = 0; at < page_bytes; at += sector_bytes, bits >>= 1)
    if ((bits & 1) != 0) std::memcpy(page.bytes.data() + at, old.bytes.data() + at, sector_bytes);
}

// What was being written holds garbage, in any of its sectors or in all of them; what was durable before
// stays, as File promises.
void Inode::spoil(Page& page, const Undos& undos, std::uint64_t bits) {
  const std::uint64_t sectors = (bits & 3) == 0 ? ~std::uint64_t{0} : mix(bits);
  for (const Undo* const written : undos)
    for (std::size_t at = written->offset; at < std::size_t{written->offset} + written->length; ++at)
      if ((sectors >> (at / sector_bytes) & 1) != 0) page.bytes[at] = std::byte(mix(bits + at) & 0xFF);
}

}  // namespace gantry::sim::disk

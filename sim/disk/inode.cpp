#include "sim/disk/inode.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "model/base/invariant.h"

namespace gantry::sim::disk {

Inode::Inode(std::uint64_t entity, bool directory, std::shared_ptr<Usage> usage)
    : entity_(entity), directory_(directory), usage_(std::move(usage)) {}

Inode::~Inode() {
  usage_->used -= size_;
}

Inode::Page* Inode::find(std::uint64_t page) const {
  const std::uint64_t chunk = page / chunk_pages;
  if (chunk >= chunks_.size() || chunks_[chunk] == nullptr) return nullptr;
  return chunks_[chunk]->pages[page % chunk_pages].get();
}

Inode::Page& Inode::make(std::uint64_t page) {
  const std::uint64_t chunk = page / chunk_pages;
  if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
  if (chunks_[chunk] == nullptr) chunks_[chunk] = std::make_unique<Chunk>();
  auto& slot = chunks_[chunk]->pages[page % chunk_pages];
  if (slot == nullptr) slot = std::make_unique<Page>();
  return *slot;
}

std::size_t Inode::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return 0;
  const std::size_t all = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  for (std::size_t done = 0; done < all;) {
    const std::size_t within = (offset + done) % page_bytes;
    const std::size_t n = std::min(all - done, page_bytes - within);
    if (const Page* const page = find((offset + done) / page_bytes); page != nullptr)
      std::memcpy(into.data() + done, page->bytes.data() + within, n);
    else std::memset(into.data() + done, 0, n);
    done += n;
  }
  return all;
}

void Inode::write(std::uint64_t offset, Bytes from) {
  if (from.empty()) return;
  ++sequence_;
  for (std::size_t done = 0; done < from.size();) {
    const std::uint64_t number = (offset + done) / page_bytes;
    const std::size_t within = (offset + done) % page_bytes;
    const std::size_t n = std::min(from.size() - done, page_bytes - within);
    replace(make(number), static_cast<std::uint32_t>(number), within, from.subspan(done, n), n);
    done += n;
  }
  if (offset + from.size() > size_) set_size(offset + from.size());
}

// An empty `from` means zeros.
void Inode::replace(Page& page, std::uint32_t number, std::size_t offset, Bytes from, std::size_t length) {
  std::unique_ptr<std::byte[]> old;
  if (offset < page.fresh_from) {
    old = std::make_unique_for_overwrite<std::byte[]>(length);
    std::memcpy(old.get(), page.bytes.data() + offset, length);
  }
  if (from.empty()) std::memset(page.bytes.data() + offset, 0, length);
  else std::memcpy(page.bytes.data() + offset, from.data(), length);
  page.fresh_from = std::max(page.fresh_from, static_cast<std::uint32_t>(offset + length));
  undo_.push_back({sequence_, number, static_cast<std::uint16_t>(offset), static_cast<std::uint16_t>(length),
                   false, std::move(old)});
  unsynced_bytes_ += length;
}

void Inode::set_size(std::uint64_t size) {
  usage_->used += size - size_;
  size_ = size;
  smallest_size_ = std::min(smallest_size_, size);
  largest_size_ = std::max(largest_size_, size);
}

void Inode::resize(std::uint64_t size) {
  ++sequence_;
  for (std::uint64_t at = size; at < size_;) {
    const std::uint64_t number = at / page_bytes;
    const std::size_t within = at % page_bytes;
    const std::uint64_t chunk = number / chunk_pages;
    if (chunk >= chunks_.size()) break;
    if (chunks_[chunk] == nullptr) {
      at = (chunk + 1) * chunk_pages * page_bytes;
      continue;
    }
    if (Page* const page = find(number); page != nullptr && within < page->fresh_from)
      replace(*page, static_cast<std::uint32_t>(number), within, {}, page->fresh_from - within);
    at += page_bytes - within;
  }
  set_size(size);
}

std::shared_ptr<Mapped> Inode::map(const void* node) {
  invariant(mapped == nullptr, "a file is mapped by one owner at a time");
  auto memory = runtime::memory::Mirror::make(static_cast<std::size_t>(size_));
  invariant(memory.has_value(), "there is memory for what a simulation maps");
  read(0, (*memory)->bytes());
  mapped = std::make_shared<Mapped>(std::move(*memory), node);
  return mapped;
}

void Inode::unmap() {
  const auto was = std::exchange(mapped, nullptr);
  const Bytes bytes = was->memory->bytes().first(was->memory->size());
  std::array<std::byte, page_bytes> old;
  for (std::size_t at = 0; at < bytes.size(); at += page_bytes) {
    const Bytes page = bytes.subspan(at, page_bytes);
    read(at, old);
    if (!std::ranges::equal(page, old)) write(at, page);
  }
}

std::uint64_t Inode::begin_write() {
  const std::uint64_t ticket = sequence_ + 1;
  in_flight_.insert(ticket);
  return ticket;
}

void Inode::end_write(std::uint64_t ticket) {
  // A loss of power has ended them all before the writers unwind.
  if (const auto found = in_flight_.find(ticket); found != in_flight_.end()) in_flight_.erase(found);
}

Inode::Mark Inode::mark() const {
  return {in_flight_.empty() ? sequence_ : *in_flight_.begin() - 1, size_};
}

void Inode::synced(Mark mark) {
  durable_size_ = mark.size;
  smallest_size_ = std::min(durable_size_, size_);
  largest_size_ = std::max(durable_size_, size_);
  std::set<std::uint32_t> written;
  if (anything_lost_)
    for (const Undo& entry : undo_)
      if (!entry.lost && entry.sequence <= mark.sequence) written.insert(entry.page);
  // A page is written whole: with it goes what an earlier, failed sync had left in it.
  std::erase_if(undo_, [&](const Undo& entry) {
    return entry.sequence <= mark.sequence && (!entry.lost || written.contains(entry.page));
  });
  anything_lost_ = false;
  unsynced_bytes_ = 0;
  for (const Undo& entry : undo_) {
    anything_lost_ |= entry.lost;
    if (!entry.lost) unsynced_bytes_ += entry.length;
  }
}

void Inode::sync_failed(Mark mark, bool evict) {
  for (Undo& entry : undo_)
    if (entry.sequence <= mark.sequence) entry.lost = true;
  anything_lost_ = true;
  if (!evict) return;
  // Only pages that nothing has touched since can be evicted.
  std::set<std::uint32_t> dirty;
  for (const Undo& entry : undo_)
    if (!entry.lost) dirty.insert(entry.page);
  for (auto entry = undo_.rbegin(); entry != undo_.rend(); ++entry)
    if (!dirty.contains(entry->page)) undo(*find(entry->page), *entry);
  std::erase_if(undo_, [&](const Undo& entry) { return !dirty.contains(entry.page); });
}

void Inode::undo(Page& page, const Undo& what) {
  if (what.old == nullptr) std::memset(page.bytes.data() + what.offset, 0, what.length);
  else std::memcpy(page.bytes.data() + what.offset, what.old.get(), what.length);
}

}  // namespace gantry::sim::disk

#include "broker/store/tail.h"

#include <algorithm>

#include "model/base/invariant.h"

namespace gantry::broker::store {

namespace {
constexpr std::size_t chunk_bytes = 1u << 20;
constexpr std::size_t spares_max = 8;
}  // namespace

std::span<std::byte> Tail::room(PhysicalOffset at, std::size_t bytes) {
  invariant(chunks_.empty() || chunks_.back().end() <= at, "the log grows at its end only");
  const bool fits = !chunks_.empty() && chunks_.back().end() == at &&
                    chunks_.back().used + bytes <= chunks_.back().capacity;
  if (!fits) {
    const std::size_t capacity = std::max(bytes, chunk_bytes);
    chunks_.push_back({at, memory_of(capacity), capacity, 0});
    held_bytes_ += capacity;
  }
  Chunk& last = chunks_.back();
  last.used += bytes;
  return {last.memory.get() + last.used - bytes, bytes};
}

Tail::Memory Tail::memory_of(std::size_t capacity) {
  if (capacity != chunk_bytes || spare_.empty()) return std::make_unique_for_overwrite<std::byte[]>(capacity);
  Memory memory = std::move(spare_.back());
  spare_.pop_back();
  return memory;
}

PhysicalOffset Tail::begin(PhysicalOffset end) const {
  return chunks_.empty() ? end : chunks_.front().start;
}

std::size_t Tail::index_of(PhysicalOffset at) const {
  const auto it = std::ranges::upper_bound(chunks_, at, {}, [](const Chunk& c) { return c.end(); });
  return static_cast<std::size_t>(it - chunks_.begin());
}

Bytes Tail::find(PhysicalOffset at, std::size_t bytes) const {
  const std::size_t i = index_of(at);
  if (i == chunks_.size() || at < chunks_[i].start) return {};
  const auto skip = static_cast<std::size_t>(at - chunks_[i].start);
  if (chunks_[i].used - skip < bytes) return {};
  return chunks_[i].bytes().subspan(skip, bytes);
}

std::vector<Bytes> Tail::pieces(PhysicalOffset from, PhysicalOffset to) const {
  std::vector<Bytes> found;
  for (std::size_t i = index_of(from); i < chunks_.size() && chunks_[i].start < to; ++i) {
    const Chunk& chunk = chunks_[i];
    const PhysicalOffset first = std::max(from, chunk.start);
    const PhysicalOffset last = std::min(to, chunk.end());
    found.push_back(chunk.bytes().subspan(static_cast<std::size_t>(first - chunk.start),
                                          static_cast<std::size_t>(last - first)));
  }
  return found;
}

void Tail::written(PhysicalOffset below) {
  // The last chunk stays: it is being filled.
  while (held_bytes_ > keep_bytes_ && chunks_.size() > 1 && chunks_.front().end() <= below) {
    Chunk& oldest = chunks_.front();
    held_bytes_ -= oldest.capacity;
    if (spare_.size() < spares_max && oldest.capacity == chunk_bytes)
      spare_.push_back(std::move(oldest.memory));
    chunks_.pop_front();
  }
}

void Tail::cut(PhysicalOffset to) {
  while (!chunks_.empty() && chunks_.back().start >= to) {
    held_bytes_ -= chunks_.back().capacity;
    chunks_.pop_back();
  }
  if (!chunks_.empty() && chunks_.back().end() > to)
    chunks_.back().used = static_cast<std::size_t>(to - chunks_.back().start);
}

}  // namespace gantry::broker::store

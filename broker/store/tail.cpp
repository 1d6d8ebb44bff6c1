#include "broker/store/tail.h"

#include <algorithm>

#include "model/base/invariant.h"

namespace gantry::broker::store {

namespace {
constexpr std::size_t chunk_bytes = 1u << 20;
constexpr std::size_t spares_max = 8;
}  // namespace

Buffer& Tail::room(PhysicalOffset at, std::size_t bytes) {
  if (!chunks_.empty()) {
    Chunk& last = chunks_.back();
    invariant(last.end() <= at, "the log grows at its end only");
    if (last.end() == at && last.bytes.size() + bytes <= last.bytes.capacity()) return last.bytes;
  }
  Chunk& fresh = chunks_.emplace_back();
  fresh.start = at;
  if (bytes <= chunk_bytes && !spare_.empty()) {
    fresh.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  fresh.bytes.reserve(std::max(bytes, chunk_bytes));
  held_bytes_ += fresh.bytes.capacity();
  return fresh.bytes;
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
  if (chunks_[i].bytes.size() - skip < bytes) return {};
  return Bytes(chunks_[i].bytes).subspan(skip, bytes);
}

std::vector<Bytes> Tail::pieces(PhysicalOffset from, PhysicalOffset to) const {
  std::vector<Bytes> found;
  for (std::size_t i = index_of(from); i < chunks_.size() && chunks_[i].start < to; ++i) {
    const Chunk& chunk = chunks_[i];
    const PhysicalOffset first = std::max(from, chunk.start);
    const PhysicalOffset last = std::min(to, chunk.end());
    found.push_back(
        Bytes(chunk.bytes)
            .subspan(static_cast<std::size_t>(first - chunk.start), static_cast<std::size_t>(last - first)));
  }
  return found;
}

void Tail::written(PhysicalOffset below) {
  // The last chunk stays: it is being filled.
  while (held_bytes_ > keep_bytes_ && chunks_.size() > 1 && chunks_.front().end() <= below) {
    Buffer bytes = std::move(chunks_.front().bytes);
    held_bytes_ -= bytes.capacity();
    chunks_.pop_front();
    bytes.clear();
    if (spare_.size() < spares_max && bytes.capacity() == chunk_bytes) spare_.push_back(std::move(bytes));
  }
}

void Tail::cut(PhysicalOffset to) {
  while (!chunks_.empty() && chunks_.back().start >= to) {
    held_bytes_ -= chunks_.back().bytes.capacity();
    chunks_.pop_back();
  }
  if (!chunks_.empty() && chunks_.back().end() > to)
    chunks_.back().bytes.resize(static_cast<std::size_t>(to - chunks_.back().start));
}

}  // namespace gantry::broker::store

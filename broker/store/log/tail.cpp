#include "broker/store/log/tail.h"

#include <algorithm>
#include <cstring>

#include "model/base/invariant.h"

namespace gantry::broker::store::log {

std::span<std::byte> Tail::room(std::size_t bytes) {
  invariant(bytes <= capacity(), "what is appended fits into the ring");
  std::byte* const at = place_of(end_);
  end_ = end_ + static_cast<std::int64_t>(bytes);
  begin_ = std::max(begin_, end_ + -static_cast<std::int64_t>(capacity()));
  std::memset(place_of(end_), 0, end_bytes);
  return {at, bytes};
}

Bytes Tail::find(PhysicalOffset at, std::size_t bytes) const {
  if (at < begin_ || at > end_ || end_ - at < static_cast<std::int64_t>(bytes)) return {};
  return {place_of(at), bytes};
}

void Tail::cut(PhysicalOffset to) {
  invariant(begin_ <= to && to <= end_, "what is taken back is in memory");
  std::ranges::fill(std::span(place_of(to), static_cast<std::size_t>(end_ - to)), std::byte{0});
  end_ = to;
}

}  // namespace gantry::broker::store::log

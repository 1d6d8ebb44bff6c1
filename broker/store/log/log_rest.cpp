#include "broker/store/log/log_rest.h"

#include <algorithm>
#include <optional>

#include "broker/store/log/log_scanner.h"
#include "model/layout/record.h"

namespace gantry::broker::store::log {

namespace {
constexpr std::int64_t window_bytes = 1 << 20;
constexpr std::int64_t zeros_max = 16 << 20;
constexpr std::size_t front_bytes = 8;
/// The first byte of either magic number, which is the fifth of a record.
constexpr auto magic_byte = std::byte{0xDA};
constexpr std::size_t magic_at = 4;
constexpr std::size_t physical_offset_at = 28;

/// Where the next record may begin, by its size and magic number; nothing when none does in `bytes`.
std::optional<std::size_t> next_front(Bytes bytes, std::size_t from) {
  while (from + front_bytes <= bytes.size()) {
    const auto rest = bytes.subspan(from + magic_at);
    const auto found = std::ranges::find(rest, magic_byte);
    if (found == rest.end()) return std::nullopt;
    from += static_cast<std::size_t>(found - rest.begin());
    if (from + front_bytes > bytes.size()) return std::nullopt;
    const auto front = model::layout::front_of(bytes.subspan(from));
    if (front.is_record() && front.size > 0) return from;
    ++from;
  }
  return std::nullopt;
}

/// Whether the record at the front says that it was written to another place: cheaper than its sum.
bool is_elsewhere(Bytes bytes, PhysicalOffset place) {
  if (bytes.size() < physical_offset_at + sizeof(std::int64_t)) return false;
  std::uint64_t read = 0;
  for (const std::byte b : bytes.subspan(physical_offset_at, sizeof(std::int64_t)))
    read = read << 8 | std::to_integer<std::uint64_t>(b);
  return read != static_cast<std::uint64_t>(value(place));
}

class RestScanner {
 public:
  RestScanner(const LogFiles& files, PhysicalOffset end) : files_(files), at_(end) {
    const PhysicalOffset next = files.file_of(end) < end ? files.next_file(end) : end;
    rest_.files = std::max<std::int64_t>(0, (files.limit() - next) / files.file_bytes());
  }

  Result<LogRest> run() {
    while (at_ < files_.limit()) {
      const PhysicalOffset next = files_.next_file(at_);
      std::int64_t zeros = 0;
      while (at_ < next && zeros < zeros_max) {
        const auto window = read(next);
        if (!window) return window.error();
        const bool empty = std::ranges::all_of(buffer_, [](std::byte b) { return b == std::byte{0}; });
        zeros = empty ? zeros + std::ssize(buffer_) : 0;
        if (auto searched = search(next); !searched) return searched.error();
      }
      at_ = next;
    }
    return rest_;
  }

 private:
  Result<void> read(PhysicalOffset next) {
    buffer_.resize(static_cast<std::size_t>(std::min(window_bytes, next - at_)));
    const auto got = files_.read(at_, buffer_);
    if (!got) return got.error();
    if (*got < buffer_.size()) return Error(Errc::io, "a file of the log is shorter than it was");
    return {};
  }

  /// Counts the records that begin in the window, and moves after the last one or after the window,
  /// but for the bytes that are too few to tell a front.
  Result<void> search(PhysicalOffset next) {
    const PhysicalOffset window = at_;
    std::size_t from = 0;
    while (const auto front = next_front(buffer_, from)) {
      const PhysicalOffset place = window + static_cast<std::int64_t>(*front);
      const auto size =
          static_cast<std::size_t>(model::layout::front_of(Bytes(buffer_).subspan(*front)).size);
      if (is_elsewhere(Bytes(buffer_).subspan(*front), place)) {
        from = *front + 1;
        continue;
      }
      const auto record = read_record_at(files_, place, size);
      if (!record) return record.error();
      from = *front + (*record ? size : 1);
      if (*record) count(place, static_cast<std::int64_t>(size));
    }
    const auto told = static_cast<std::int64_t>(buffer_.size() - std::min(buffer_.size(), front_bytes - 1));
    at_ = window + std::max<std::int64_t>(static_cast<std::int64_t>(from), told);
    if (next - at_ < static_cast<std::int64_t>(front_bytes)) at_ = next;
    return {};
  }

  void count(PhysicalOffset place, std::int64_t size) {
    if (rest_.records == 0) rest_.from = place;
    ++rest_.records;
    rest_.bytes += size;
    rest_.to = place + size;
  }

  const LogFiles& files_;
  PhysicalOffset at_;
  Buffer buffer_;
  LogRest rest_;
};
}  // namespace

Result<LogRest> rest_after(const LogFiles& files, PhysicalOffset end) {
  return RestScanner(files, end).run();
}

}  // namespace gantry::broker::store::log

#include "model/message/message_id.h"

#include <array>

#include "model/base/bytes.h"
#include "model/base/hex.h"

namespace gantry::model::message {

namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// Whole words of four bytes.
char* put_hex_of(Bytes words, char* to) {
  ByteReader in(words);
  while (!in.rest().empty()) to = put_hex(static_cast<std::uint32_t>(in.i32()), to);
  return to;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The bytes, or none when the text is no hex.
Buffer from_hex(std::string_view text) {
  Buffer bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes.push_back(std::byte(static_cast<unsigned char>(high << 4 | low)));
  }
  return bytes;
}

/// What the ids of one host's messages begin with: twice host.encoded_bytes() digits.
char* put_head(const Host& host, char* to) {
  to = put_hex_of(Bytes(host.ip).first(host.ip_bytes()), to);
  return put_hex(static_cast<std::uint32_t>(host.port), to);
}

bool has_id_length(std::string_view text) {
  return text.size() == 32 || text.size() == 56;
}

}  // namespace

OffsetMessageIds::OffsetMessageIds(const Host& store_host) : head_(2 * store_host.encoded_bytes(), '0') {
  put_head(store_host, head_.data());
}

void OffsetMessageIds::append(std::int64_t physical_offset, std::string& to) const {
  std::array<char, 16> digits;
  put_hex(static_cast<std::uint64_t>(physical_offset), digits.data());
  to.append(head_).append(digits.data(), digits.size());
}

std::string text_of(const OffsetMessageId& id) {
  std::string text(2 * (id.store_host.encoded_bytes() + sizeof id.physical_offset), '0');
  put_hex(static_cast<std::uint64_t>(id.physical_offset), put_head(id.store_host, text.data()));
  return text;
}

Result<OffsetMessageId> parse_offset_message_id(std::string_view text) {
  const Buffer raw = has_id_length(text) ? from_hex(text) : Buffer();
  if (raw.empty()) return Error(Errc::invalid, "a message id has 32 or 56 hex digits");
  OffsetMessageId id;
  id.store_host.v6 = text.size() == 56;
  ByteReader in(raw);
  const Bytes ip = in.bytes(static_cast<std::int64_t>(id.store_host.ip_bytes()));
  std::copy(ip.begin(), ip.end(), id.store_host.ip.begin());
  id.store_host.port = in.i32();
  id.physical_offset = in.i64();
  if (id.physical_offset < 0 || id.store_host.port < 0 || id.store_host.port > 65535)
    return Error(Errc::invalid, "a message id that names no place");
  return id;
}

std::int64_t month_start_ms(std::int64_t wall_ms) {
  // Days since the era of a calendar whose years begin in March, so that leap days come last.
  std::int64_t day = wall_ms / day_ms - (wall_ms % day_ms < 0 ? 1 : 0);
  const std::int64_t z = day + 719'468;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const std::int64_t of_era = z - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  const std::int64_t of_month = of_year - (153 * month + 2) / 5;
  return (day - of_month) * day_ms;
}

std::string make_uniq_key(const UniqKeyParts& parts) {
  Buffer raw;
  raw.reserve(28);
  ByteWriter to(raw);
  to.bytes(Bytes(parts.ip.ip).first(parts.ip.ip_bytes()));
  to.i16(static_cast<std::int16_t>(parts.pid));
  to.i32(parts.loader_hash);
  to.i32(static_cast<std::int32_t>(parts.created_ms - month_start_ms(parts.created_ms)));
  to.i16(static_cast<std::int16_t>(parts.counter));
  std::string text(raw.size() * 2, '0');
  put_hex_of(raw, text.data());
  return text;
}

std::optional<std::int64_t> creation_time_of(std::string_view uniq_key, std::int64_t now_ms) {
  const Buffer raw = has_id_length(uniq_key) ? from_hex(uniq_key) : Buffer();
  if (raw.empty()) return std::nullopt;
  const auto since = static_cast<std::uint32_t>(ByteReader(Bytes(raw).subspan(raw.size() - 6)).i32());
  const std::int64_t month = month_start_ms(now_ms);
  const std::int64_t time = month + since;
  return time <= now_ms ? time : month_start_ms(month - 1) + since;
}

}  // namespace gantry::model::message

#include "model/layout/record.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "model/base/crc32.h"
#include "model/layout/cursor.h"
#include "model/message/names.h"
#include "model/message/sys_flag.h"

namespace gantry::model::layout {

namespace {

constexpr std::size_t fixed_bytes = bare_record_bytes - 2 * 8;  // without hosts

constexpr std::size_t cache_line_bytes = 64;
constexpr std::size_t asked_bytes_max = 4096;  // of more the first would be pushed out again by the last

/// Asks for memory that is written next: whoever fills a log has none of it in the cache, and would wait.
void ask_for(std::span<std::byte> room) {
  constexpr int to_write = 1;
  for (std::size_t at = 0; at < std::min(room.size(), asked_bytes_max); at += cache_line_bytes)
    __builtin_prefetch(room.data() + at, to_write);
}

/// Both lengths are known to the compiler: one of them is copied in an instruction.
inline void put(const message::Host& host, Cursor& to) {
  const Bytes ip = host.ip;
  if (host.v6) to.bytes(ip);
  else to.bytes(ip.first<4>());
  to.i32(host.port);
}

/// Reads what is known to be there.
class PlainReader {
 public:
  explicit PlainReader(Bytes from) : from_(from) {}
  std::int32_t i32(std::size_t at) const { return static_cast<std::int32_t>(get<std::uint32_t>(at)); }
  std::int64_t i64(std::size_t at) const { return static_cast<std::int64_t>(get<std::uint64_t>(at)); }
  std::size_t u8(std::size_t at) const { return get<std::uint8_t>(at); }
  std::size_t u16(std::size_t at) const { return get<std::uint16_t>(at); }
  message::Host host(std::size_t at) const {
    message::Host host{.port = i32(at + 4)};
    std::memcpy(host.ip.data(), from_.data() + at, 4);
    return host;
  }

 private:
  template <class U>
  U get(std::size_t at) const {
    U v = 0;
    std::memcpy(&v, from_.data() + at, sizeof v);
    return big_endian(v);
  }
  Bytes from_;
};

/// Reads a record of version 1 with hosts of IPv4, whose fields have fixed places; `bytes` are the whole
/// record, and at least bare_record_bytes. False when it is not one, or its lengths do not agree.
bool read_plain(Bytes bytes, Record& record) {
  constexpr std::size_t body_at = 88;
  const PlainReader in(bytes);
  record.sys_flag = in.i32(36);
  if ((record.sys_flag & (message::sys_flag::born_host_v6 | message::sys_flag::store_host_v6)) != 0)
    return false;
  record.body_crc = in.i32(8);
  record.queue_id = in.i32(12);
  record.flag = in.i32(16);
  record.queue_offset = in.i64(20);
  record.physical_offset = in.i64(28);
  record.born_timestamp = in.i64(40);
  record.born_host = in.host(48);
  record.store_timestamp = in.i64(56);
  record.store_host = in.host(64);
  record.reconsume_times = in.i32(72);
  record.prepared_transaction_offset = in.i64(76);
  const std::int32_t body_bytes = in.i32(84);
  const std::size_t room = bytes.size() - bare_record_bytes;
  if (body_bytes < 0 || static_cast<std::size_t>(body_bytes) > room) return false;
  std::size_t at = body_at + static_cast<std::size_t>(body_bytes);
  record.body = bytes.subspan(body_at, static_cast<std::size_t>(body_bytes));
  const std::size_t topic_bytes = in.u8(at);
  if (topic_bytes > room - record.body.size()) return false;
  record.topic = as_text(bytes.subspan(at + 1, topic_bytes));
  at += 1 + topic_bytes;
  const std::size_t properties_bytes = in.u16(at);
  record.properties = as_text(bytes.subspan(at + 2));
  return properties_bytes <= INT16_MAX && record.properties.size() == properties_bytes;
}

message::Host read_host(ByteReader& in, bool v6) {
  message::Host host{.v6 = v6};
  const Bytes ip = in.bytes(v6 ? 16 : 4);
  std::copy(ip.begin(), ip.end(), host.ip.begin());
  host.port = in.i32();
  return host;
}

/// Reads a record of either version and either kind of hosts. False when its lengths do not agree.
bool read_any(Bytes bytes, bool first_version, Record& record) {
  ByteReader in(bytes);
  in.i64();
  record.body_crc = in.i32();
  record.queue_id = in.i32();
  record.flag = in.i32();
  record.queue_offset = in.i64();
  record.physical_offset = in.i64();
  record.sys_flag = in.i32();
  record.born_timestamp = in.i64();
  record.born_host = read_host(in, (record.sys_flag & message::sys_flag::born_host_v6) != 0);
  record.store_timestamp = in.i64();
  record.store_host = read_host(in, (record.sys_flag & message::sys_flag::store_host_v6) != 0);
  record.reconsume_times = in.i32();
  record.prepared_transaction_offset = in.i64();
  record.body = in.bytes(in.i32());
  record.topic = in.text(first_version ? in.u8() : in.i16());
  record.properties = in.text(in.i16());
  return in.ok() && in.rest().empty();
}

std::int32_t sys_flag_of(const Record& record) {
  using namespace message;
  std::int32_t flags = record.sys_flag & ~(sys_flag::born_host_v6 | sys_flag::store_host_v6);
  if (record.born_host.v6) flags |= sys_flag::born_host_v6;
  if (record.store_host.v6) flags |= sys_flag::store_host_v6;
  return flags;
}

}  // namespace

std::size_t size_of(const Record& record) {
  return fixed_bytes + record.born_host.encoded_bytes() + record.store_host.encoded_bytes() +
         record.body.size() + record.topic.size() + record.properties.size();
}

std::size_t write_record(const Record& record, std::span<std::byte> into) {
  const std::size_t size = size_of(record);
  invariant(record.topic.size() <= 255 && record.properties.size() <= 32767 && size <= into.size(),
            "what write_record() is given fits the length fields and the room");
  ask_for(into.subspan(size, std::min(size, into.size() - size)));
  Cursor to(into.data());
  to.i32(static_cast<std::int32_t>(size));
  to.i32(record_magic);
  to.i32(crc32_31(record.body));
  to.i32(record.queue_id);
  to.i32(record.flag);
  to.i64(record.queue_offset);
  Cursor place = to;
  to.skip(sizeof(std::int64_t));
  to.i32(sys_flag_of(record));
  to.i64(record.born_timestamp);
  put(record.born_host, to);
  to.i64(record.store_timestamp);
  put(record.store_host, to);
  to.i32(record.reconsume_times);
  to.i64(record.prepared_transaction_offset);
  to.i32(static_cast<std::int32_t>(record.body.size()));
  to.bytes(record.body);
  to.u8(static_cast<std::uint8_t>(record.topic.size()));
  to.bytes(as_bytes(record.topic));
  to.i16(static_cast<std::int16_t>(record.properties.size()));
  to.bytes(as_bytes(record.properties));
  // Last: the memory may outlive a kill that comes now, and a record that does not name its place is none.
  std::atomic_signal_fence(std::memory_order_release);
  place.i64(record.physical_offset);
  return size;
}

void append_record(const Record& record, Buffer& out) {
  const std::size_t before = out.size();
  out.resize(before + size_of(record));
  write_record(record, std::span(out).subspan(before));
}

bool read_record_into(Bytes bytes, Record& record) {
  const Front front = front_of(bytes);
  const bool is_there =
      front.is_record() && front.size >= 0 && static_cast<std::size_t>(front.size) <= bytes.size();
  if (!is_there) return false;
  record.size = static_cast<std::size_t>(front.size);
  const bool plain = front.magic == record_magic && record.size >= bare_record_bytes;
  if (plain && read_plain(bytes.first(record.size), record)) return true;
  return read_any(bytes.first(record.size), front.magic == record_magic, record);
}

Result<Record> read_record(Bytes bytes) {
  Record record;
  if (!read_record_into(bytes, record))
    return Error(Errc::invalid, "no record, or one whose lengths do not agree");
  return record;
}

Result<Record> check_record(Bytes bytes, std::int64_t position) {
  auto record = read_record(bytes);
  if (!record) return record.error();
  if (record->physical_offset != position) return Error(Errc::invalid, "a record of another place");
  if (record->queue_offset < 0 || record->queue_id < 0 || record->prepared_transaction_offset < 0)
    return Error(Errc::invalid, "a record with a negative offset or queue");
  if (auto topic = message::check_topic(record->topic); !topic) return topic.error();
  if (crc32_31(record->body) != record->body_crc) return Error(Errc::invalid, "a record with a damaged body");
  return record;
}

Front front_of(Bytes bytes) {
  if (bytes.size() < 8) return {};
  ByteReader in(bytes);
  Front front;
  front.size = in.i32();
  front.magic = in.i32();
  return front;
}

void write_blank(std::int32_t size, std::span<std::byte, blank_bytes_min> into) {
  Cursor to(into.data());
  to.i32(size);
  to.i32(blank_magic);
}

}  // namespace gantry::model::layout

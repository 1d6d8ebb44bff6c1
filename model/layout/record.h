#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/message/host.h"

namespace gantry::model::layout {

/// Second word of a record. Version 2 differs by a topic length of two bytes; only 5.x stores write
/// it, and we only read it.
inline constexpr std::int32_t record_magic = static_cast<std::int32_t>(0xDAA320A7);
inline constexpr std::int32_t record_magic_v2 = static_cast<std::int32_t>(0xDAA320AB);
/// Second word of what fills the end of a commit-log file.
inline constexpr std::int32_t blank_magic = static_cast<std::int32_t>(0xCBD43194);
/// Room that a record must leave for a blank after it: when size + 8 exceeds what is left of the
/// file, the rest becomes a blank and the record goes to the next file.
inline constexpr std::size_t blank_bytes_min = 8;

/// A stored message, as it lies in the commit log and in the body of a pull:
///
///     size magic crc queue flag | queue offset, physical offset | sys flag | born time, host |
///     store time, host | reconsume times | half message's offset | body | topic | properties
///
/// Views into the record when read; into whatever the writer has when written.
struct Record {
  std::int32_t queue_id = 0;
  std::int32_t flag = 0;
  std::int64_t queue_offset = 0;  ///< 0 for prepared and rolled back ones
  std::int64_t physical_offset = 0;
  std::int32_t sys_flag = 0;  ///< the IPv6 bits follow the hosts when written
  std::int64_t born_timestamp = 0;
  message::Host born_host;
  std::int64_t store_timestamp = 0;
  message::Host store_host;
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;
  Bytes body;
  std::string_view topic;
  std::string_view properties;

  std::size_t size = 0;       ///< of the whole record; set when read
  std::int32_t body_crc = 0;  ///< crc32_31() of the body; set when read, computed when written
};

/// Bytes of a record with hosts of IPv4 beside its body, topic and properties.
inline constexpr std::size_t bare_record_bytes = 4 * 5 + 8 * 2 + 4 + 8 + 8 + 4 + 8 + 4 + 1 + 2 + 2 * 8;
/// Bytes that the record takes.
std::size_t size_of(const Record& record);

/// Writes the record, in version 1, with the sum of its body, to the front of `into`, which has room for
/// size_of(record) bytes and holds no view of the record. Returns how many they are. `topic` is at most 255
/// and `properties` at most 32767 bytes long: the door checks, see message/names.h. Who writes several gives
/// all the room that is left: what lies after the record is fetched meanwhile.
std::size_t write_record(const Record& record, std::span<std::byte> into);
/// The same at the end of a buffer, which holds no view of the record either: its memory may move.
void append_record(const Record& record, Buffer& out);

/// Reads the record at the front of `bytes`, of either version and with either kind of hosts; more
/// may follow it. Checks that lengths agree with each other, and nothing else: no sum, no offsets.
/// Errors: `invalid`.
Result<Record> read_record(Bytes bytes);

/// The same into a record that is there already, for who reads many; false in the place of an error.
bool read_record_into(Bytes bytes, Record& record);

/// What recovery asks: the record at the front of `bytes` is one that was written whole, and to this
/// place. On top of read_record(): its physical offset is `position`, the body's sum is right, the
/// topic is a legal name and offsets are not negative. Errors: `invalid`.
Result<Record> check_record(Bytes bytes, std::int64_t position);

/// The first two words of what starts at some place of a commit-log file.
struct Front {
  std::int32_t size = 0;  ///< of the record, or of the blank up to the file's end
  std::int32_t magic = 0;
  bool is_blank() const { return magic == blank_magic; }
  bool is_record() const { return magic == record_magic || magic == record_magic_v2; }
};
/// All zero when fewer than eight bytes are there.
Front front_of(Bytes bytes);
/// Writes the eight bytes that mark the rest of a file, `size` bytes in all, as blank.
void write_blank(std::int32_t size, std::span<std::byte, blank_bytes_min> into);

}  // namespace gantry::model::layout

#pragma once

#include <cstdint>

/// Bits of a message's sysFlag, upstream MessageSysFlag.java, and of a pull's, PullSysFlag.java.
namespace gantry::model::message::sys_flag {

inline constexpr std::int32_t compressed = 0x1;
inline constexpr std::int32_t multi_tags = 0x2;
inline constexpr std::int32_t transaction_mask = 0xC;
inline constexpr std::int32_t not_transactional = 0x0;
inline constexpr std::int32_t prepared = 0x4;
inline constexpr std::int32_t commit = 0x8;
inline constexpr std::int32_t rollback = 0xC;
inline constexpr std::int32_t born_host_v6 = 0x10;
inline constexpr std::int32_t store_host_v6 = 0x20;
inline constexpr std::int32_t need_unwrap = 0x40;  ///< 5.x
inline constexpr std::int32_t inner_batch = 0x80;  ///< 5.x
inline constexpr std::int32_t compression_mask = 0x700;
inline constexpr std::int32_t compression_legacy = 0x0;  ///< zlib, before there were types
inline constexpr std::int32_t compression_lz4 = 0x100;
inline constexpr std::int32_t compression_zstd = 0x200;
inline constexpr std::int32_t compression_zlib = 0x300;

constexpr std::int32_t transaction_of(std::int32_t flags) {
  return flags & transaction_mask;
}
constexpr std::int32_t with_transaction(std::int32_t flags, std::int32_t type) {
  return (flags & ~transaction_mask) | type;
}
/// Whether a stored message gets an entry in its consume queue.
constexpr bool in_queue(std::int32_t flags) {
  return transaction_of(flags) == not_transactional || transaction_of(flags) == commit;
}

}  // namespace gantry::model::message::sys_flag

namespace gantry::model::message::pull_flag {

inline constexpr std::int32_t commit_offset = 0x1;  ///< commitOffset of the header is to be stored
inline constexpr std::int32_t suspend = 0x2;        ///< may be held when there is nothing
inline constexpr std::int32_t subscription = 0x4;   ///< the header's expression counts, not the heartbeat's
inline constexpr std::int32_t class_filter = 0x8;
inline constexpr std::int32_t lite_pull = 0x10;

}  // namespace gantry::model::message::pull_flag

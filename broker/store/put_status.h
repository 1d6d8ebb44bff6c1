#pragma once

#include <cstdint>

namespace gantry::broker::store {

/// What becomes of messages that were put.
enum class PutStatus : std::uint8_t {
  ok,
  flush_disk_timeout,  ///< The message is stored, and it is not known to be durable in time.
  /// The store is stopping, a sync has failed, or the disk is full or too slow. When this comes from
  /// when_stored() and with sync_flush, the message may be stored later nevertheless.
  service_not_available,
  message_illegal,  ///< The body or the record is too large, or topic, queue or flags are not legal.
  properties_size_exceeded,
};

}  // namespace gantry::broker::store

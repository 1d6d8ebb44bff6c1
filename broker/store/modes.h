#pragma once

#include <cstdint>

namespace gantry::broker::store {

/// What an acknowledged message has survived (RocketMQ's flushDiskType).
enum class FlushMode : std::uint8_t {
  async_flush,  ///< a kill of the process; a loss of power may take it
  sync_flush,   ///< a loss of power as well
};

/// Whether other brokers must have a message before anybody sees it.
enum class ReplicaMode : std::uint8_t {
  alone,      ///< no replica is waited for
  confirmed,  ///< it is visible only when enough replicas have confirmed it
};

}  // namespace gantry::broker::store

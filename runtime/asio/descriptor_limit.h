#pragma once

#include <cstddef>

namespace gantry::runtime::asio {

/// How many descriptors this process may have open: its soft limit.
std::size_t descriptor_limit();

/// Raises the soft limit to the hard one, which stays, and returns what it is now. The soft one is 1024 on
/// most systems, for programs that use select(), of which this is none. A server's main calls it first.
std::size_t raise_descriptor_limit();

/// What a process does with its descriptors, so that whoever connects never takes those that its files
/// need: a broker that cannot open a file takes no message any more.
///
///     | others | files | lingering | connections |
///     0          the reserve        |           limit
struct DescriptorShares {
  /// Ports, pollers, the log, files that are just made, connections to other servers: a half, 96 at most.
  /// Two nodes in one process begin with 24.
  std::size_t others = 0;
  std::size_t files = 0;        ///< that a store keeps open: a quarter, 256 at most
  std::size_t lingering = 0;    ///< streams that were closed and still send: a sixteenth
  std::size_t connections = 0;  ///< of each server's clients: the rest, in equal parts
};
/// Of a process in which so many servers listen, at least one.
DescriptorShares shares_of(std::size_t limit, std::size_t servers = 1);

}  // namespace gantry::runtime::asio

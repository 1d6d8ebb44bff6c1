#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/network.h"

namespace gantry::broker::membership {

/// Names one peer among all that this broker ever had, whatever door it came through; never used twice. What
/// a registration keeps, so that the late end of an old connection removes nothing that a newer one
/// registered.
enum class PeerId : std::uint64_t {};

/// Hands out the ids of one broker's peers.
class PeerIds {
 public:
  /// One that nobody has had.
  PeerId next() { return PeerId{++last_}; }

 private:
  std::uint64_t last_ = 0;
};

/// Somebody at the other side of a door: a client's connection, or what takes its place.
///
/// A member of a group and a pull that waits hold one. A door makes it, and tells the services when it is
/// gone (Services::peer_gone); they let go of it then, and whoever still holds it may call it without effect.
class Peer {
 public:
  virtual ~Peer() = default;
  /// Stays the same.
  virtual PeerId id() const = 0;
  /// Where it is, for records of messages and for the tools of operators.
  virtual runtime::Endpoint address() const = 0;
  /// False once it is gone for good: what is sent reaches nobody. Services do not wait for such a peer.
  virtual bool connected() const = 0;
  /// Ends the connection, for instance with somebody who has fallen silent. Never suspends; the door says
  /// that the peer is gone later, not inside of this call.
  virtual void close() = 0;
  /// Tells the peer that the members of a group, or what they subscribe to, have changed: it asks who they
  /// are now, and shares the queues anew. Never suspends; a notice may be lost.
  virtual void members_changed(std::string_view group) = 0;
};

}  // namespace gantry::broker::membership

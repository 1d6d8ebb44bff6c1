#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "broker/membership/peer.h"
#include "model/protocol/language.h"
#include "runtime/clock.h"

namespace gantry::broker::membership {

/// One connected member of a group, by its last heartbeat.
struct Member {
  std::shared_ptr<Peer> peer;
  model::protocol::Language language{};
  std::int32_t version = 0;
  runtime::Instant last_heartbeat{};
  std::size_t bytes = 0;  ///< what that heartbeat wants us to keep for this group
};
/// By client id.
using Members = std::map<std::string, Member, std::less<>>;

/// What heartbeats may make a broker keep; no client comes near. The bytes are those of texts, and for each
/// object about as many as it takes in memory.
struct HeartbeatLimits {
  std::size_t members_of_peer = 4096;
  std::size_t bytes_of_peer = 8u << 20;
  std::size_t members = 100'000;
  std::size_t bytes = 128u << 20;
};

/// Which memberships came through which peer, and what all of them cost.
///
///     group, client id  <-- by peer: what its end takes away, without a look at anybody else's
///
/// Each peer is charged for what its members asked for. All of them together are charged for what is kept,
/// which is less: the members of a group share its subscriptions. One peer may speak for several client ids.
class Memberships {
 public:
  /// Views of the keys under which the owner keeps group and member: erase the name first.
  struct Name {
    std::string_view group;
    std::string_view client_id;
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  using Names = std::set<Name>;

  explicit Memberships(const HeartbeatLimits& limits) : limits_(limits) {}

  /// Whether there is room for a member that comes through `peer` and costs it so many bytes. `known` is the
  /// member as it is now, or null for a new one.
  bool has_room(PeerId peer, const Member* known, std::size_t bytes) const;
  /// Whether what is kept may grow from `before` bytes to `after`. It may always shrink.
  bool has_room(std::size_t before, std::size_t after) const {
    return after <= before || bytes_ - before + after <= limits_.bytes;
  }
  /// Counts a member that is not counted yet. Nothing here asks for room any more.
  void insert(Name name, const Member& member);
  /// Counts a member no longer, which is as it was inserted.
  void erase(Name name, const Member& member);
  /// What is kept of a group beside its members has changed from `before` bytes to `after`.
  void resize(std::size_t before, std::size_t after) { bytes_ = bytes_ - before + after; }
  /// All memberships of one peer, in order; they are still to be erased.
  Names of(PeerId peer) const;

  /// What the names themselves cost, which each member has of its own.
  static std::size_t bytes_of(Name name);

 private:
  struct Held {
    Names names;
    std::size_t bytes = 0;
  };

  const HeartbeatLimits limits_;
  std::map<PeerId, Held> peers_;
  std::size_t members_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace gantry::broker::membership

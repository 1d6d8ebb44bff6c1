#include "broker/membership/memberships.h"

#include "model/base/invariant.h"

namespace gantry::broker::membership {

std::size_t Memberships::bytes_of(Name name) {
  // The group's entry, the member's, and the one here.
  constexpr std::size_t objects = 384;
  return objects + name.group.size() + name.client_id.size();
}

bool Memberships::has_room(PeerId peer, const Member* known, std::size_t bytes) const {
  const auto at = peers_.find(peer);
  const bool is_here = known && known->peer->id() == peer;
  const std::size_t before = is_here ? known->bytes : 0;
  const std::size_t of_peer = at == peers_.end() ? 0 : at->second.bytes;
  const std::size_t members = at == peers_.end() ? 0 : at->second.names.size();
  if (!known && members_ >= limits_.members) return false;
  if (!is_here && members >= limits_.members_of_peer) return false;
  return bytes <= before || of_peer - before + bytes <= limits_.bytes_of_peer;
}

void Memberships::insert(Name name, const Member& member) {
  Held& held = peers_[member.peer->id()];
  const bool is_new = held.names.insert(name).second;
  invariant(is_new, "a membership is counted once");
  held.bytes += member.bytes;
  ++members_;
  bytes_ += bytes_of(name);
}

void Memberships::erase(Name name, const Member& member) {
  const auto at = peers_.find(member.peer->id());
  invariant(at != peers_.end() && at->second.names.erase(name) == 1, "a member has its membership");
  at->second.bytes -= member.bytes;
  if (at->second.names.empty()) peers_.erase(at);
  --members_;
  bytes_ -= bytes_of(name);
}

Memberships::Names Memberships::of(PeerId peer) const {
  const auto at = peers_.find(peer);
  return at == peers_.end() ? Names() : at->second.names;
}

}  // namespace gantry::broker::membership

#include "properties/claims.h"

#include <array>

namespace gantry::properties {

std::span<const Claim> all_claims() {
  static constexpr std::array<Claim, 3> claims{{
      {"acknowledged_messages_survive", acknowledged_messages_survive},
      {"every_group_sees_every_message", every_group_sees_every_message},
      {"queue_offsets_are_dense", queue_offsets_are_dense},
  }};
  return claims;
}

std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome) {
  for (const Claim& claim : all_claims())
    if (auto violation = claim.check(c, outcome)) return Failure{claim.name, std::move(*violation)};
  return std::nullopt;
}

}  // namespace gantry::properties

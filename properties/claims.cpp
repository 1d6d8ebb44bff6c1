#include "properties/claims.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/base/invariant.h"

namespace gantry::properties {

std::span<const Claim> all_claims() {
  static constexpr auto claims = std::to_array<Claim>({
      {"acknowledged_messages_survive", acknowledged_messages_survive, {Harm::loss}},
      {"every_group_sees_every_message", every_group_sees_every_message, {Harm::skip}, true},
      {"queue_offsets_are_dense", queue_offsets_are_dense, {Harm::reuse}},
      {"nothing_phantom_nothing_corrupted", nothing_phantom_nothing_corrupted, {Harm::copy}},
      {"order_per_queue_is_kept", order_per_queue_is_kept, {Harm::copy, Harm::redelivery}},
      {"progress_never_passes_consumption", progress_never_passes_consumption},
      {"routes_converge", routes_converge, {}, true},
      {"each_queue_has_one_owner", each_queue_has_one_owner, {}, true},
      {"cluster_gets_well_in_time", cluster_gets_well_in_time},
      {"every_send_ends_in_time", every_send_ends_in_time},
      {"failed_sends_have_a_cause", failed_sends_have_a_cause, {Harm::refusal}},
      {"well_cluster_serves", well_cluster_serves},
      {"idle_cluster_is_quiet", idle_cluster_is_quiet},
  });
  return claims;
}

Violation Claim::check(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) const {
  const auto before = static_cast<std::ptrdiff_t>(excuses.size());
  Violation violation = judge(c, outcome, excuses);
  invariant(std::all_of(excuses.begin() + before, excuses.end(),
                        [&](const Excuse& excuse) { return tolerates.contains(excuse.harm); }),
            "a claim excuses nothing but what it tolerates");
  return violation;
}

std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses,
                                     std::string_view only) {
  for (const Claim& claim : all_claims()) {
    if (!only.empty() && claim.name != only) continue;
    if (auto violation = claim.check(c, outcome, excuses)) return Failure{claim.name, std::move(*violation)};
  }
  return std::nullopt;
}

std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome) {
  Excuses excuses;
  return first_failure(c, outcome, excuses, {});
}

Violation not_converged(const cases::Case& c, const cluster::Outcome& outcome) {
  for (const Claim& claim : all_claims())
    if (claim.converges)
      if (auto violation = claim.check(c, outcome)) return fmt::format("{}: {}", claim.name, *violation);
  return std::nullopt;
}

}  // namespace gantry::properties

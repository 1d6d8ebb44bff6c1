#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"
#include "properties/excuses.h"

namespace gantry::properties {

/// What is wrong, in a sentence that names messages, places, times and fault records.
using Violation = std::optional<std::string>;

/// A claim about every run, and its name. Each is defined in a file of its own. What it tolerates it
/// adds to the excuses, each of which names the fault record.
struct Claim {
  std::string_view name;
  Violation (*judge)(const cases::Case&, const cluster::Outcome&, Excuses&);
  /// Holds in a cluster that has converged, and not before: it is what a run waits for.
  bool converges = false;

  Violation check(const cases::Case& c, const cluster::Outcome& outcome) const {
    Excuses excuses;
    return judge(c, outcome, excuses);
  }
};

Violation acknowledged_messages_survive(const cases::Case& c, const cluster::Outcome& outcome,
                                        Excuses& excuses);
Violation every_group_sees_every_message(const cases::Case& c, const cluster::Outcome& outcome,
                                         Excuses& excuses);
Violation queue_offsets_are_dense(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation nothing_phantom_nothing_corrupted(const cases::Case& c, const cluster::Outcome& outcome,
                                            Excuses& excuses);
Violation order_per_queue_is_kept(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation progress_never_passes_consumption(const cases::Case& c, const cluster::Outcome& outcome,
                                            Excuses& excuses);
Violation routes_converge(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation each_queue_has_one_owner(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation cluster_gets_well_in_time(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation every_send_ends_in_time(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation failed_sends_have_a_cause(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation well_cluster_serves(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);
Violation idle_cluster_is_quiet(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses);

/// All claims, in the order of the list above.
std::span<const Claim> all_claims();

/// The first claim that does not hold.
struct Failure {
  std::string_view claim;
  std::string what;
};
std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome);
/// The same, of the claim of that name alone unless it is empty; adds to `excuses` what was tolerated
/// until then.
std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses,
                                     std::string_view only);

/// What has not converged yet, or nothing: of the claims that a run waits for.
Violation not_converged(const cases::Case& c, const cluster::Outcome& outcome);

}  // namespace gantry::properties

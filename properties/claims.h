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

/// A sentence that must hold for every run. Each claim is defined in a file of its own.
struct Claim {
  std::string_view name;
  /// Judges a run. What the claim tolerates is added to the excuses.
  Violation (*judge)(const cases::Case&, const cluster::Outcome&, Excuses&);
  /// What the claim may excuse, where a row of docs/guarantees.md permits it. A claim without any has no
  /// exceptions.
  Harms tolerates = {};
  /// Such a claim holds in a cluster that has converged, and not before. A run waits until it holds.
  bool converges = false;

  /// What judge() says. It is our bug when an excuse is for a harm that this claim does not tolerate.
  Violation check(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses) const;
  Violation check(const cases::Case& c, const cluster::Outcome& outcome) const {
    Excuses excuses;
    return check(c, outcome, excuses);
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

/// All claims, in the order of the declarations above.
std::span<const Claim> all_claims();

/// A claim that does not hold, and what is wrong.
struct Failure {
  std::string_view claim;
  std::string what;
};
/// The first claim that does not hold, or nothing.
std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome);
/// The same. If `only` is not empty, only the claim of that name is judged. What the claims tolerated up to
/// the failure is added to `excuses`.
std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome, Excuses& excuses,
                                     std::string_view only);

/// What has not converged yet: the first failure among the claims that a run waits for, or nothing.
Violation not_converged(const cases::Case& c, const cluster::Outcome& outcome);

}  // namespace gantry::properties

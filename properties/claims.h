#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"

namespace gantry::properties {

/// What is wrong, in a sentence that names messages, places, times and fault records.
using Violation = std::optional<std::string>;

/// A claim about every run, and its name. Each is defined in a file of its own.
struct Claim {
  std::string_view name;
  Violation (*check)(const cases::Case&, const cluster::Outcome&);
};

Violation acknowledged_messages_survive(const cases::Case& c, const cluster::Outcome& outcome);
Violation every_group_sees_every_message(const cases::Case& c, const cluster::Outcome& outcome);
Violation queue_offsets_are_dense(const cases::Case& c, const cluster::Outcome& outcome);

/// All claims, in the order of the list above.
std::span<const Claim> all_claims();

/// The first claim that does not hold.
struct Failure {
  std::string_view claim;
  std::string what;
};
std::optional<Failure> first_failure(const cases::Case& c, const cluster::Outcome& outcome);

}  // namespace gantry::properties

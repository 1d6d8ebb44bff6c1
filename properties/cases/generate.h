#pragma once

#include <cstdint>

#include "properties/cases/case.h"

namespace gantry::properties::cases {

/// What a generated case may contain.
struct Profile {
  std::int32_t brokers_max = 2;
  std::int32_t namesrvs_max = 2;
  std::int32_t producers_max = 3;
  std::int32_t consumers_max = 3;
  std::int32_t messages_max = 120;
  std::int32_t faults_max = 6;
  std::int64_t span_ms = 30'000;  ///< operations and faults begin within this much virtual time
  bool sync_flush_only = false;
  bool power_loss = true;
};

/// This is a pure function: the same seed and profile give the same case in every build. A seed is only the
/// name of a generated case.
Case generate(std::uint64_t seed, const Profile& profile = {});

}  // namespace gantry::properties::cases

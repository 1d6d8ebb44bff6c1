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
  /// Of single faults. With any, a third of the cases have a storm as well: faults that come together, such
  /// as a rack that loses power, or a process that dies twice.
  std::int32_t faults_max = 6;
  /// Operations and single faults begin within this much virtual time, or 300 ms after it; in half of the
  /// cases within a part of it.
  std::int64_t span_ms = 30'000;
  bool sync_flush_only = false;
  bool power_loss = true;
};

/// This is a pure function: the same seed and profile give the same case in every build. A seed is only the
/// name of a generated case.
Case generate(std::uint64_t seed, const Profile& profile = {});

}  // namespace gantry::properties::cases

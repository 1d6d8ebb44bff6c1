#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "runtime/random.h"

namespace gantry::runtime::asio {

/// Streams that start anew, each from a place of its own, with each run of the process.
class SystemRandom final : public Random {
 public:
  /// Begins where the operating system's entropy says.
  SystemRandom();
  std::uint64_t draw(std::string_view stream) override;

 private:
  std::uint64_t seed_;
  std::map<std::string, std::uint64_t, std::less<>> streams_;
};

}  // namespace gantry::runtime::asio

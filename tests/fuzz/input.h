#pragma once

#include <cstdint>

#include "model/base/bytes.h"

/// What libFuzzer hands over, as our own types.
namespace gantry::fuzz {

inline Bytes input(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

}  // namespace gantry::fuzz

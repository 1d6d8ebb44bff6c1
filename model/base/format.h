#pragma once

#include <fmt/format.h>

#include "model/base/result.h"

/// `in_use`, or with the detail `in_use, port 9876`: for logs and for answers that a person reads.
template <>
struct fmt::formatter<gantry::Error> : fmt::formatter<fmt::string_view> {
  auto format(const gantry::Error& error, fmt::format_context& out) const {
    const std::string_view name = name_of(error.code);
    if (error.detail[0] == '\0')
      return fmt::format_to(out.out(), "{}", fmt::string_view(name.data(), name.size()));
    return fmt::format_to(out.out(), "{}, {}", fmt::string_view(name.data(), name.size()), error.detail);
  }
};

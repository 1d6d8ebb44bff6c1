#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry::model::message {

/// An address and a port as they lie in records and message ids: four or sixteen bytes, then the
/// port as a 32-bit number.
struct Host {
  std::array<std::byte, 16> ip{};  ///< of IPv4 the first four
  bool v6 = false;
  std::int32_t port = 0;

  std::size_t ip_bytes() const { return v6 ? 16 : 4; }
  std::size_t encoded_bytes() const { return ip_bytes() + 4; }
  friend auto operator<=>(const Host&, const Host&) = default;
};

/// Reads an address without a port: `10.0.0.1` or the usual text of IPv6, compressed or not.
/// Errors: `invalid`; names are not resolved.
Result<Host> host_of(std::string_view ip, std::int32_t port);

/// `10.0.0.1:10911`, or the IPv6 address in brackets and its port.
std::string text_of(const Host& host);
/// The address alone, without brackets.
std::string ip_text_of(const Host& host);

}  // namespace gantry::model::message

#include "model/message/host.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gantry::model::message {

namespace {

std::optional<std::uint16_t> hex_number(std::string_view text) {
  std::uint16_t value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  return value;
}

/// The part before the next colon; `rest` moves behind it, and is null at the end.
std::string_view next_part(std::optional<std::string_view>& rest) {
  const std::size_t at = rest->find(':');
  const std::string_view part = rest->substr(0, at);
  rest = at == std::string_view::npos ? std::nullopt : std::optional(rest->substr(at + 1));
  return part;
}

/// Character by character: every message has the address that it came from.
bool read_v4(std::string_view text, std::byte* into) {
  unsigned octet = 0;
  int digits = 0;
  int octets = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || octets == 3) return false;
      into[octets++] = std::byte(octet);
      octet = 0;
      digits = 0;
    } else {
      if (c < '0' || c > '9' || ++digits > 3) return false;
      octet = octet * 10 + static_cast<unsigned>(c - '0');
      if (octet > 255) return false;
    }
  }
  if (digits == 0 || octets != 3) return false;
  into[octets] = std::byte(octet);
  return true;
}

/// Groups of one side of `::`; returns how many bytes they fill, or nothing when malformed.
std::optional<std::size_t> read_groups(std::string_view text, std::byte* into) {
  std::size_t used = 0;
  if (text.empty()) return used;
  for (std::optional<std::string_view> rest = text; rest;) {
    const std::string_view part = next_part(rest);
    if (!rest && part.find('.') != std::string_view::npos) {  // the last four bytes in dots
      if (used > 12 || !read_v4(part, into + used)) return std::nullopt;
      return used + 4;
    }
    const auto group = part.size() <= 4 ? hex_number(part) : std::nullopt;
    if (!group || used == 16) return std::nullopt;
    into[used++] = std::byte(*group >> 8);
    into[used++] = std::byte(*group & 0xFF);
  }
  return used;
}

bool read_v6(std::string_view text, std::array<std::byte, 16>& into) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return read_groups(text, into.data()) == 16;
  std::array<std::byte, 16> tail{};
  const auto before = read_groups(text.substr(0, gap), into.data());
  const auto after = read_groups(text.substr(gap + 2), tail.data());
  if (!before || !after || *before + *after > 14) return false;
  std::copy_n(tail.begin(), *after, into.end() - static_cast<std::ptrdiff_t>(*after));
  return true;
}

}  // namespace

Result<Host> host_of(std::string_view ip, std::int32_t port) {
  Host host{.port = port};
  if (port < 0 || port > 65535) return Error(Errc::invalid, "a port is a number up to 65535");
  if (read_v4(ip, host.ip.data())) return host;
  host.ip = {};
  host.v6 = true;
  if (read_v6(ip, host.ip)) return host;
  return Error(Errc::invalid, "an address is neither IPv4 nor IPv6");
}

std::string ip_text_of(const Host& host) {
  std::string text;
  std::array<char, 8> digits;
  const auto append = [&](unsigned value, int base) {
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr);
  };
  for (std::size_t i = 0; i < host.ip_bytes(); i += host.v6 ? 2 : 1) {
    if (i > 0) text += host.v6 ? ':' : '.';
    if (host.v6) {
      append(std::to_integer<unsigned>(host.ip[i]) << 8 | std::to_integer<unsigned>(host.ip[i + 1]), 16);
    } else {
      append(std::to_integer<unsigned>(host.ip[i]), 10);
    }
  }
  return text;
}

std::string text_of(const Host& host) {
  const std::string ip = ip_text_of(host);
  return (host.v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(host.port);
}

}  // namespace gantry::model::message

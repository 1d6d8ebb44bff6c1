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

/// Above what the longest address with its brackets and port takes.
constexpr std::size_t text_bytes_max = 64;

template <class Number>
char* put(Number number, char* to, int base = 10) {
  return std::to_chars(to, to + 12, number, base).ptr;
}

/// To `to`, which has the room: a consumer has two of these with each message.
char* put_ip(const Host& host, char* to) {
  const std::size_t step = host.v6 ? 2 : 1;
  for (std::size_t i = 0; i < host.ip_bytes(); i += step) {
    if (i > 0) *to++ = host.v6 ? ':' : '.';
    const auto first = std::to_integer<unsigned>(host.ip[i]);
    to = host.v6 ? put(first << 8 | std::to_integer<unsigned>(host.ip[i + 1]), to, 16) : put(first, to);
  }
  return to;
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
  std::array<char, text_bytes_max> text;
  return {text.data(), put_ip(host, text.data())};
}

std::string text_of(const Host& host) {
  std::array<char, text_bytes_max> text;
  char* at = text.data();
  if (host.v6) *at++ = '[';
  at = put_ip(host, at);
  if (host.v6) *at++ = ']';
  *at++ = ':';
  return {text.data(), put(host.port, at)};
}

}  // namespace gantry::model::message

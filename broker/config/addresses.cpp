#include "broker/config/addresses.h"

#include <charconv>

namespace gantry::broker::config {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Result<runtime::Endpoint> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return Error(Errc::invalid, "expected host:port;host:port");
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (bad != std::errc() || end != digits.data() + digits.size() || port == 0)
    return Error(Errc::invalid, "expected a port from 1 to 65535 behind each colon");
  const std::string_view host = text.substr(0, colon);
  if (host.find_first_of(" ,/") != std::string_view::npos)
    return Error(Errc::invalid, "expected host:port;host:port, between semicolons");
  return runtime::Endpoint{std::string(host), port};
}

}  // namespace

Result<std::vector<runtime::Endpoint>> parse_addresses(std::string_view list) {
  std::vector<runtime::Endpoint> found;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(';'));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    if (trimmed(one).empty()) continue;
    auto address = parse_address(trimmed(one));
    if (!address) return address.error();
    found.push_back(std::move(*address));
  }
  return found;
}

}  // namespace gantry::broker::config

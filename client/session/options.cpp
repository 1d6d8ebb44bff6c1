#include "client/session/options.h"

#include <charconv>

namespace gantry::client::session {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return Error{Errc::invalid, "expected host:port"};
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (bad != std::errc() || end != digits.data() + digits.size() || port == 0)
    return Error{Errc::invalid, "expected a port from 1 to 65535 after the colon"};
  return Endpoint{std::string(text.substr(0, colon)), port};
}

}  // namespace

Result<std::vector<Endpoint>> parse_endpoints(std::string_view text) {
  std::vector<Endpoint> endpoints;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view part = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    auto endpoint = parse_endpoint(part);
    if (!endpoint) return endpoint.error();
    endpoints.push_back(*std::move(endpoint));
  }
  if (endpoints.empty()) return Error{Errc::invalid, "no name server given"};
  return endpoints;
}

}  // namespace gantry::client::session

#include "properties/cluster/body.h"

#include <algorithm>

namespace gantry::properties::cluster {

std::string body_of(std::string_view id, std::int32_t bytes) {
  std::string body(std::max(id.size() + 1, static_cast<std::size_t>(bytes)), '|');
  std::ranges::copy(id, body.begin());
  std::uint32_t x = 0x9E3779B9;
  for (const char ch : id) x = (x ^ static_cast<unsigned char>(ch)) * 16777619u;
  for (std::size_t i = id.size() + 1; i < body.size(); ++i) {
    x = x * 1664525u + 1013904223u;
    body[i] = static_cast<char>('a' + (x >> 24) % 26);
  }
  return body;
}

std::pair<std::string, bool> read_body(const Bodies& bodies, std::string_view body) {
  const std::string_view id = body.substr(0, body.find('|'));
  const auto known = bodies.find(id);
  return {std::string(id), known != bodies.end() && known->second == body};
}

}  // namespace gantry::properties::cluster

#include "properties/cluster/body.h"

#include <algorithm>

namespace gantry::properties::cluster {

namespace {

/// What follows the id in the body of its message.
class Letters {
 public:
  explicit Letters(std::string_view id) {
    for (const char ch : id) x_ = (x_ ^ static_cast<unsigned char>(ch)) * 16777619u;
  }
  char next() {
    x_ = x_ * 1664525u + 1013904223u;
    return static_cast<char>('a' + (x_ >> 24) % 26);
  }

 private:
  std::uint32_t x_ = 0x9E3779B9;
};

}  // namespace

std::string body_of(std::string_view id, std::int32_t bytes) {
  std::string body(std::max(id.size() + 1, static_cast<std::size_t>(bytes)), '|');
  std::ranges::copy(id, body.begin());
  Letters letters(id);
  for (std::size_t i = id.size() + 1; i < body.size(); ++i) body[i] = letters.next();
  return body;
}

std::pair<std::string, bool> read_body(const BodySizes& sizes, std::string_view body) {
  const std::string_view id = body.substr(0, body.find('|'));
  const auto bytes = sizes.find(id);
  if (bytes == sizes.end()) return {std::string(id), false};
  const bool whole = body.size() == std::max(id.size() + 1, static_cast<std::size_t>(bytes->second));
  Letters letters(id);
  const auto is_next = [&](char ch) { return ch == letters.next(); };
  return {std::string(id), whole && std::ranges::all_of(body.substr(id.size() + 1), is_next)};
}

}  // namespace gantry::properties::cluster

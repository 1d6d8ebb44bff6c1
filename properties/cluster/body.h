#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::properties::cluster {

/// By id: in bytes.
using BodySizes = std::map<std::string, std::int32_t, std::less<>>;

/// The body of a message: determined by its id and size. At least the id and what ends it.
std::string body_of(std::string_view id, std::int32_t bytes);

/// The id that a body claims, and whether all of it is as body_of() made it with the size of that id.
std::pair<std::string, bool> read_body(const BodySizes& sizes, std::string_view body);

}  // namespace gantry::properties::cluster

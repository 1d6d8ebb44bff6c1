#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::properties::cluster {

/// By id, what a message holds.
using Bodies = std::map<std::string, std::string, std::less<>>;

/// The body of a message: determined by its id and size. At least the id and what ends it.
std::string body_of(std::string_view id, std::int32_t bytes);

/// The id that a body claims, and whether all of it is what the message of that id holds.
std::pair<std::string, bool> read_body(const Bodies& bodies, std::string_view body);

}  // namespace gantry::properties::cluster

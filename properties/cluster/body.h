#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::properties::cluster {

/// What each message holds, by its id.
using Bodies = std::map<std::string, std::string, std::less<>>;

/// The body of a message, which its id and its size determine. It holds at least the id and the mark that
/// ends the id, whatever the size.
std::string body_of(std::string_view id, std::int32_t bytes);

/// The id that a body claims, and whether the whole body is what the message of that id holds.
std::pair<std::string, bool> read_body(const Bodies& bodies, std::string_view body);

}  // namespace gantry::properties::cluster

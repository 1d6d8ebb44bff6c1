#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/message/property_names.h"

namespace gantry::model::message {

/// A message's properties as one text, as they travel and lie on disk:
///
///     name 0x01 value 0x02 name 0x01 value [0x02]
///
/// Pieces without a 0x01, an empty name or an empty value do not count; of a repeated name the last
/// one does. A value may hold 0x01. Upstream MessageDecoder.string2messageProperties.
inline constexpr char property_value_mark = '\x01';
inline constexpr char property_end_mark = '\x02';
/// How long the text may be: its length field on the disk has 16 bits with a sign.
inline constexpr std::size_t properties_bytes_max = 32767;

/// Walks the pieces that count, without a copy.
class PropertyCursor {
 public:
  explicit PropertyCursor(std::string_view properties) : rest_(properties) {}
  /// The next name and value; nothing at the end.
  std::optional<std::pair<std::string_view, std::string_view>> next() {
    while (!rest_.empty())
      if (auto entry = split(take_piece(rest_))) return entry;
    return std::nullopt;
  }

  /// Takes the bytes up to the next end mark off the front; the mark goes too.
  static std::string_view take_piece(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(property_end_mark), rest.size());
    const std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return piece;
  }
  /// Name and value, if the piece counts.
  static std::optional<std::pair<std::string_view, std::string_view>> split(std::string_view piece) {
    const std::size_t mark = piece.find(property_value_mark);
    if (mark == std::string_view::npos || mark == 0 || mark + 1 == piece.size()) return std::nullopt;
    return std::pair(piece.substr(0, mark), piece.substr(mark + 1));
  }

 private:
  std::string_view rest_;
};

/// The value of a name; a view into `properties`.
std::optional<std::string_view> property(std::string_view properties, std::string_view name);

/// Whether a name and value can be carried: neither empty nor with a mark that would split them.
bool can_be_property(std::string_view name, std::string_view value);

/// Adds a property behind the others; a separator only where one is missing, and none at the end.
/// An earlier value of the name stays and no longer counts. Needs can_be_property().
void append_property(std::string& properties, std::string_view name, std::string_view value);
/// Adds whole properties behind others, by the same rule; what a batch does to its items.
void append_properties(std::string& properties, std::string_view more);

/// The text without any piece of that name; all other bytes, also of pieces that do not count, stay.
std::string without_property(std::string_view properties, std::string_view name);
/// Replaces the property or adds it, behind all others. Needs can_be_property().
void set_property(std::string& properties, std::string_view name, std::string_view value);

using PropertyMap = std::map<std::string, std::string, std::less<>>;
PropertyMap parse_properties(std::string_view properties);
/// In ascending order of names, without a separator at the end. Leaves out what cannot be carried.
std::string format_properties(const PropertyMap& properties);

}  // namespace gantry::model::message

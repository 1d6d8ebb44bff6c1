#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::traces::draw {

/// How wide a text gets, in points, estimated from above: in the widest font that we expect (DejaVu Sans).
double width_of(std::string_view text, double size, bool bold = false);

/// The text in lines that are not wider than that, broken between words; a word that is wider stays whole.
std::vector<std::string> wrapped(std::string_view text, double size, double width_max, bool bold = false);

}  // namespace gantry::traces::draw

#pragma once

#include <string>

#include "traces/draw/picture.h"

namespace gantry::traces::draw {

/// The picture in Graphviz's language, every position fixed: for `neato -n2`. Colours are those of Okabe and
/// Ito, which the colour-blind tell apart; shapes and line styles say the same without colour.
std::string to_dot(const Picture& picture);

}  // namespace gantry::traces::draw

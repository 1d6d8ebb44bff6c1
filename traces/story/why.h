#pragma once

#include <string>

#include "traces/story/fate.h"
#include "traces/story/timeline.h"

namespace gantry::traces::story {

/// The most lines that a story has.
inline constexpr std::size_t story_lines_max = 40;

/// What became of a message and by what, in a sentence or two that name nodes, times, places and faults.
std::string verdict_of(const Timeline& timeline, std::size_t message, const Fate& fate);

/// That verdict, and below it the steps that led there, one a line, in order of time. When they are too
/// many, those in the middle go and a line says how many.
std::string why(const Timeline& timeline, std::size_t message);

}  // namespace gantry::traces::story

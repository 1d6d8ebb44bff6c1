#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "traces/story/timeline.h"

namespace gantry::traces::draw {

/// What gets one line of a diagram: a step, or several of one kind between the same lanes drawn as one.
struct Shown {
  std::vector<std::size_t> steps;  ///< places in Timeline::steps, ascending, at least one
  story::Step all;                 ///< the first, with the messages and places of all
  std::size_t until_event = 0;     ///< the last of them: its event and time
  std::int64_t until_ns = 0;
  std::string note{};  ///< stands instead of the step's own words
  std::string label(const story::Timeline& timeline) const;
};

/// How many things a diagram of a whole run shows before it draws several as one.
inline constexpr std::size_t shown_max = 110;

/// The whole run: frames that carry messages, log writes and syncs, deliveries, crashes, faults. When
/// there are more than `at_most`, those of one kind between the same lanes are drawn as one, in windows
/// that are as short as possible; faults, crashes, failures and all about (up to three) messages that were
/// lost, missed or delivered twice stay single.
std::vector<Shown> whole_run(const story::Timeline& timeline, std::size_t at_most = shown_max);

/// What stands above the whole run: its verdict, and which messages came to harm.
std::string title_of(const story::Timeline& timeline);

/// The life of one message: what its story tells (see story::slice_of).
std::vector<Shown> life_of(const story::Timeline& timeline, std::size_t message,
                           std::size_t at_most = shown_max);

}  // namespace gantry::traces::draw

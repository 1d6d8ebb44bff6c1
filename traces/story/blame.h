#pragma once

#include <string>

#include "traces/story/timeline.h"

namespace gantry::traces::story {

// What fault a sentence names for something that happened at a step; each gives nothing when there is none.
// Clocks are never named.

/// "fault 2 (power_loss for 7.5 s)": the youngest that holds at that step and hits its lane.
std::string fault_at(const Timeline& timeline, std::size_t step);

/// "fault 2 (pause for 7.5 s on broker-a)": the youngest that holds on either end of that frame, the far one
/// first.
std::string fault_to(const Timeline& timeline, std::size_t frame);

/// " Fault 3 (half_open with c1 on broker-a) had made the connection silent at 19.0000 s.", of a frame that
/// never arrived.
std::string silence_of(const Timeline& timeline, std::size_t frame);

/// " Fault 1 (stall with c1 for 3.0 s on b) held until 5.5000 s.": of the faults between those who take part
/// in two steps, the one that took most of the time between them. With `with_namesrvs` those of a
/// NameServer count, too: from it members learn their queues.
std::string fault_between(const Timeline& timeline, std::size_t from, std::size_t to, bool with_namesrvs);

}  // namespace gantry::traces::story

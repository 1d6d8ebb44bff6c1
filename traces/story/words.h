#pragma once

#include <string>

#include "traces/story/timeline.h"

namespace gantry::traces::story {

/// What a step is, in a few words, without who and when: the label of its mark and the text of its line in
/// a story. "SEND_MESSAGE_V2 m4, queue 2", "writes m4 at 8192, 210 bytes".
std::string words(const Timeline& timeline, const Step& step);

/// "power_loss for 7.5 s" of a fault's line, without whom it hits.
std::string fault_words(const Step& fault);

/// "12.3010 s": seconds of virtual time, to a tenth of a millisecond.
std::string time_text(std::int64_t ns);
/// A span: "3.2 ms", "12.3 s".
std::string span_text(std::int64_t ns);

/// The value behind ` KEY=` in a fault's line; empty where there is none.
std::string_view fault_value(const Step& fault, std::string_view key);

/// A text as one line, cut to so many bytes at most, at a whole character, with an ellipsis.
std::string shortened(std::string_view text, std::size_t bytes_max);

}  // namespace gantry::traces::story

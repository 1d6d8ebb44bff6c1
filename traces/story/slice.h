#pragma once

#include <optional>
#include <vector>

#include "traces/story/fate.h"
#include "traces/story/timeline.h"

namespace gantry::traces::story {

/// The steps that made one message's fate, in order, as places in Timeline::steps: those that touch it; the
/// faults, crashes and failures of the nodes that had it, while they could matter; and what its verdict
/// asks for. Of a loss that is the broker's way back and who got the place. Of a repetition and a miss it
/// is how the queue changed hands and from which offset.
std::vector<std::size_t> slice_of(const Timeline& timeline, std::size_t message, const Fate& fate);

/// The step in which the process ended that was sending the message; nothing when none did.
std::optional<std::size_t> death_of_sender(const Timeline& timeline, const Fate& fate);

/// When the fault of that fault_begin ends; the end of the run for one that does not.
std::int64_t end_of(const Timeline& timeline, const Step& fault);

/// What made the connection silent on which that frame never arrived: the last half_open before it between
/// its two ends, as a step (fault_begin).
std::optional<std::size_t> silenced_by(const Timeline& timeline, std::size_t frame);

/// The faults that hold at that time and hit the lane or its links, as steps (fault_begin).
std::vector<std::size_t> faults_at(const Timeline& timeline, std::int64_t at_ns, std::size_t lane);

/// The first later write of the same log that has other messages where the copy was: at its bytes or at
/// its offset in the queue.
std::optional<std::size_t> successor_of(const Timeline& timeline, const Copy& copy);

/// The first earlier write of the same log with another message at the copy's offset in its queue.
std::optional<std::size_t> predecessor_of(const Timeline& timeline, const Copy& copy);

}  // namespace gantry::traces::story

#include "traces/story/why.h"

#include <algorithm>

#include <fmt/format.h>

#include "traces/story/slice.h"
#include "traces/story/words.h"

namespace gantry::traces::story {

namespace {

constexpr std::size_t line_bytes_max = 150;

std::string line_of(const Timeline& t, const Step& s) {
  std::string who = t.lanes[s.lane].name;
  if (s.what == What::frame) {
    who += s.to ? " -> " + t.lanes[*s.to].name : " -> ?";
  }
  std::string line = fmt::format("{:>12}  {:<22} {}", time_text(s.at_ns), who, words(t, s));
  if (s.what == What::frame)
    line += s.arrival ? ", there in " + span_text(s.arrival->at_ns - s.at_ns) : ", never arrives";
  return shortened(line, line_bytes_max);
}

}  // namespace

std::string why(const Timeline& t, std::size_t message) {
  const Fate fate = fates_of(t)[message];
  std::string out = verdict_of(t, message, fate) + "\n\n";
  const std::vector<std::size_t> slice = slice_of(t, message, fate);
  const std::size_t room = story_lines_max - 2;
  const bool all = slice.size() <= room;
  const std::size_t head = all ? slice.size() : room / 2, tail = all ? 0 : room - head - 1;
  for (std::size_t i = 0; i < head; ++i) out += line_of(t, t.steps[slice[i]]) + "\n";
  if (!all) out += fmt::format("{:>12}  {} more steps\n", "...", slice.size() - head - tail);
  for (std::size_t i = slice.size() - tail; i < slice.size(); ++i)
    out += line_of(t, t.steps[slice[i]]) + "\n";
  return out;
}

}  // namespace gantry::traces::story

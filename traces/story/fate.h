#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "traces/story/timeline.h"

namespace gantry::traces::story {

/// A record of the message in some broker's log, and what became of its bytes. Steps are places in
/// Timeline::steps.
struct Copy {
  std::size_t lane = 0;
  std::size_t written = 0;
  LogPlace place;
  std::optional<std::size_t> durable;  ///< the sync that covered it
  std::optional<std::size_t> doubt;    ///< the loss of power or failed sync that found it not durable
  bool found = false;                  ///< the last reading back found it where it was put
};

struct Delivery {
  std::string group;
  std::size_t step = 0;
};

/// What became of one message.
struct Fate {
  enum class Verdict : std::uint8_t {
    lost,      ///< acknowledged, and not there when all was read back
    missed,    ///< there, and a group that reads its topic never got it
    repeated,  ///< some group got it more than once
    late,      ///< it took long from the send to the last group's listener
    refused,   ///< the producer was told that it failed, and it is not there
    unsent,    ///< its producer never came to send it, or crashed in it
    delivered  ///< once to each group
  };
  Verdict verdict = Verdict::delivered;
  std::optional<std::size_t> sending, acknowledged, refused;  ///< steps
  std::optional<std::size_t> answered;                        ///< the broker's SUCCESS, step
  /// Answered, and on no log: the loss of power that took it from the memory of the broker that had answered.
  std::optional<std::size_t> taken_from_memory;
  std::vector<std::size_t> attempts;  ///< send requests, steps
  std::vector<Copy> copies;
  std::vector<Delivery> deliveries;
  std::vector<std::string> missing_groups;
  std::optional<std::size_t> first_stored;  ///< the step in which the audit found it
  bool audited = false;                     ///< everything was read back
  std::string topic;
};

std::string_view name_of(Fate::Verdict verdict);

/// Whether that frame tells a producer that its message is stored.
bool is_success_of_a_send(const Step& frame);

/// A delivery that took longer than this is called late.
inline constexpr std::int64_t late_ns = 5'000'000'000;

/// Of every message, by its place in Timeline::messages.
std::vector<Fate> fates_of(const Timeline& timeline);

/// Messages that came to harm, those lost first, then missed, repeated, late, refused.
std::vector<std::size_t> troubled(const Timeline& timeline);

}  // namespace gantry::traces::story

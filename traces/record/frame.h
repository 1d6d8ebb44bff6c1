#pragma once

#include <optional>
#include <string>

#include "traces/record/record.h"

namespace gantry::traces::record {

/// A remoting frame as events `frame.sent` and `frame.received` carry it in their facts: sent when its last
/// byte was given to the connection, received when its last byte was read. The two ends of an arrow have
/// the same connection, side and end; where the second is missing the frame never arrived.
struct Frame {
  std::int64_t connection = 0;
  std::int64_t side = 0;     ///< who wrote it: 0 the end that connected, 1 the one that accepted
  std::int64_t begin = 0;    ///< position of its first byte in that direction's stream
  std::int64_t end = 0;      ///< position behind its last byte
  std::int64_t request = 0;  ///< request code; of an answer that of its request, -1 when unknown
  std::int64_t answer = -1;  ///< response code; -1: it is a request
  std::int64_t opaque = 0;
  std::int64_t queue = -1;   ///< of the topic in the event's text; -1: it names none
  std::int64_t offset = -1;  ///< queue offset: asked for, given or committed
  friend bool operator==(const Frame&, const Frame&) = default;

  bool is_answer() const { return answer >= 0; }
};

std::vector<std::int64_t> facts_of(const Frame& frame);
/// Nothing unless the event is one of a frame.
std::optional<Frame> frame_of(const Event& event);

/// `SEND_MESSAGE_V2`, or for an answer `SEND_MESSAGE_V2: SUCCESS`.
std::string label_of(const Frame& frame);

}  // namespace gantry::traces::record

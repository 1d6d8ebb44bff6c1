#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/protocol/command.h"
#include "properties/recording/message_names.h"
#include "sim/observer.h"
#include "traces/record/frame.h"

namespace gantry::properties::recording {

/// Sees the frames in the bytes of every connection: which request or answer, about which messages and
/// which queue, and where in the stream, so that both ends of an arrow are found.
class Frames {
 public:
  explicit Frames(MessageNames& names) : names_(names) {}

  struct Seen {
    traces::record::Frame frame;
    std::vector<std::size_t> messages;
    std::string text;  ///< topic and group; of an answer with an error the remark
  };
  /// The frames whose last byte this event brings: of a net.write those sent, of a net.read those received.
  std::vector<Seen> completed_by(const sim::Event& event);

 private:
  struct Direction {
    Buffer rest;  // written, and not yet a whole frame
    std::int64_t begin = 0;
    std::int64_t read = 0;
    bool readable = true;  // false: what was written are no frames
    std::deque<Seen> on_the_way;
  };
  struct Connection {
    std::uint32_t connector = 0;  // the node
    bool own = false;             // a node that talks to itself: its ends cannot be told apart
    Direction from[2];
    std::map<std::pair<int, std::int32_t>, Seen> asked;  // by side and opaque, until answered
  };

  std::vector<Seen> written(std::int64_t id, Connection& connection, int side, const sim::Event& event);
  std::vector<Seen> read(Direction& from, std::int64_t bytes);
  Seen describe(Connection& connection, int side, const model::protocol::CommandView& view);
  void describe_request(const model::protocol::CommandView& view, Seen& seen);
  void describe_answer(const model::protocol::CommandView& view, const Seen& request, Seen& seen);
  void add_sent(const model::protocol::CommandView& view, Seen& seen);
  void add_records(Bytes body, Seen& seen);

  MessageNames& names_;
  std::map<std::int64_t, Connection> connections_;
};

}  // namespace gantry::properties::recording

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "traces/record/frame.h"
#include "traces/record/record.h"

namespace gantry::traces::story {

/// One process through all its lives: a lane of the diagram.
struct Lane {
  std::string name;     ///< of the machine; with its process where that is not "main"
  std::string node;     ///< as events name it
  std::string machine;  ///< what faults and losses of power are about
  std::string role;     ///< as record::Node; empty for one that the record does not declare
  std::string detail;
};

enum class What : std::uint8_t {
  start,       ///< a process came up
  end,         ///< it ended by itself
  kill,        ///< it was killed
  power_loss,  ///< its machine went dark; `messages`: written there and not yet durable
  power_on,
  fault_begin,
  fault_end,
  frame,  ///< a request or an answer
  write,  ///< records went to the log; `messages`: those in them
  write_failed,
  sync,          ///< a sync of the log ended; `messages`: durable from now on
  sync_failed,   ///< `messages`: no sync will make them durable any more
  sending,       ///< the producer was asked to send
  acknowledged,  ///< it saw SEND_OK
  refused,       ///< its send ended otherwise
  queue_taken,   ///< a consumer began to read a queue
  queue_lost,
  consumed,  ///< the listener got the message
  stored,    ///< read back when all was over
  audit,     ///< the reading back ended
  log        ///< a line of the node's log
};

/// A record's place in the log of the step's node.
struct LogPlace {
  std::size_t message = 0;
  std::int64_t physical_offset = 0;
  std::int64_t bytes = 0;
  std::int64_t queue = 0;
  std::int64_t queue_offset = 0;
  std::string topic;
};

/// Where and when something came to its end: a frame was read whole, a fault was over.
struct Arrival {
  std::size_t lane = 0;
  std::int64_t at_ns = 0;
  std::size_t event = 0;
};

/// Something that the story of a run can be made of; for events that are none see Timeline.
struct Step {
  What what = What::log;
  std::int64_t at_ns = 0;
  std::size_t lane = 0;
  std::size_t event = 0;              ///< place in Record::events
  std::vector<std::size_t> messages;  ///< places in Record::messages
  std::string text;                   ///< topic, fault line, log line; as in the event, or what is known more
  std::vector<std::int64_t> facts;    ///< as in the event
  record::Frame frame{};              ///< of a frame
  /// Of a frame: the lane at the other end, where it is known. Of a queue_taken or _lost: the queue's broker.
  std::optional<std::size_t> to;
  std::optional<Arrival> arrival;  ///< of a frame: nothing if it was never read whole
  std::optional<Arrival> ended{};  ///< of a fault_begin: nothing if it holds to the end of the run
  std::vector<LogPlace> places{};  ///< of a write
};

/// A run as steps in order, with both ends of each frame joined and the durability of each record worked
/// out. Events that are no steps (random draws, fibers, bytes, reads, files that are no log) are only
/// counted.
struct Timeline {
  std::vector<Lane> lanes;  ///< producers, NameServers, brokers, consumers, the rest
  std::vector<Step> steps;
  std::vector<record::Message> messages;
  std::string verdict;
  std::string hash;
  std::size_t events = 0;
  std::int64_t end_ns = 0;

  /// The place of the message with this id or unique key.
  std::optional<std::size_t> message(std::string_view name) const;
  /// Up to three ids; of more the first and the last, and how many.
  std::string names_of(const std::vector<std::size_t>& messages) const;
};

Timeline timeline_of(const record::Record& record);

/// Whether the fault of a fault_begin or fault_end is about this lane's machine.
bool is_about(const Step& fault, const Lane& lane);
/// Whether all that the fault of this fault_begin does was done as it began, such as a reset.
bool is_momentary(const Step& fault);

}  // namespace gantry::traces::story

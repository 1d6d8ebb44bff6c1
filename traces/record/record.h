#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/result.h"

namespace gantry::traces::record {

/// A process of the run: what it is, what it is called, and what it was told (a consumer: its group and
/// topic).
struct Node {
  std::string role;  ///< "namesrv", "broker", "producer", "consumer", "auditor"
  std::string name;  ///< machine and process, as events name it: "broker-a/main"
  std::string detail;
  friend bool operator==(const Node&, const Node&) = default;
};

/// How the ids of messages begin that a run sends by itself, when all is well again.
inline constexpr std::string_view probe_prefix = "probe:";

/// A message that events can name.
struct Message {
  std::string key;  ///< UNIQ_KEY; `-` when no send of it got so far
  std::string id;   ///< what the case calls it; the key where it has no name
  friend bool operator==(const Message&, const Message&) = default;
};

/// One thing that a node did or that happened to it. Kinds are those of sim/observer.h, and what a
/// recorder adds because it sees into the bytes:
///
///     frame.sent, .received    a whole frame; facts as in traces/record/frame.h
///     log.record               a record in the disk.write before it; facts: physical offset, size,
///                              queue, queue offset; text: topic
///     log.info, .warn, .error  a line that the node logged
///     message.sending          the producer was asked to send; facts: bytes of the body
///     message.acknowledged     SEND_OK; facts: queue, queue offset; text: broker, topic
///     message.refused          the send ended without SEND_OK
///     message.consumed         the listener got it; facts: queue, queue offset, intact (0 or 1);
///                              text: group, broker, topic
///     message.stored           read back when all was over; facts: queue, queue offset, physical offset,
///                              intact; text: broker, topic
///     audit.end                all was read back (fact 1) or not (0)
struct Event {
  std::int64_t at_ns = 0;             ///< world time
  std::string node;                   ///< "broker-a/main"; "world" for what nobody does
  std::uint64_t incarnation = 0;      ///< which life of the process
  std::uint64_t fiber = 0;            ///< ordinal within the incarnation; 0 = not on a fiber
  std::string kind;                   ///< "net.write", "disk.sync", ...
  std::vector<std::int64_t> facts;    ///< what `kind` says they are
  std::vector<std::size_t> messages;  ///< which it touched: places in Record::messages
  std::string text;                   ///< a path, a host, a name
  friend bool operator==(const Event&, const Event&) = default;
};

/// One run, whole: what was run, by which build, what came of it, and every event. A text file, so
/// that it can be read, searched and mailed without a tool:
///
///     gantry-record 2
///     build g++ 12.2.0
///     hash 0123456789abcdef0123456789abcdef
///     verdict every claim held
///     case 3
///     gantry-case 1
///     ...
///     nodes 1
///     broker broker-a/main
///     messages 1
///     0A00000400002A9D1B7C000000000000 m1
///     events 2
///     1500000000 broker-a/main 1 4 disk.write 4096 210 @0 "/main/store/commitlog/00000000000000000000
///     ...
///     end
///
/// An event is TIME NODE INCARNATION FIBER KIND FACTS..., then the messages behind `@` if there are any,
/// then the text behind `"` up to the line's end if there is one (`\n` and `\\` stand for themselves).
struct Record {
  static constexpr int format = 2;
  std::string build;
  std::string hash;
  std::string verdict;
  std::string case_text;  ///< the case file, whole
  std::vector<Node> nodes;
  std::vector<Message> messages;
  std::vector<Event> events;  ///< in the order in which they happened
  friend bool operator==(const Record&, const Record&) = default;
};

std::string to_text(const Record& record);

/// What is wrong with a record file, and where.
struct ReadError {
  std::size_t line = 0;
  std::string message;  ///< what was expected there, and what stood there
};

/// Reads the text form; a file that was cut off or damaged is an error, never half a record.
boost::system::result<Record, ReadError> parse(std::string_view text);

}  // namespace gantry::traces::record

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/result.h"
#include "sim/faults/fault.h"

namespace gantry::properties::cases {

/// One NameServer, on a machine of its own.
struct NamesrvSpec {
  std::string name;
  friend bool operator==(const NamesrvSpec&, const NamesrvSpec&) = default;
};

/// One master broker, on a machine of its own. `config` holds lines of a broker's configuration
/// file (RocketMQ's keys) that differ from the defaults of a case.
struct BrokerSpec {
  std::string name;
  std::map<std::string, std::string> config;
  friend bool operator==(const BrokerSpec&, const BrokerSpec&) = default;
};

struct TopicSpec {
  std::string name;
  std::int32_t queues = 4;
  friend bool operator==(const TopicSpec&, const TopicSpec&) = default;
};

/// A process with one producer in it.
struct ProducerSpec {
  std::string name;
  friend bool operator==(const ProducerSpec&, const ProducerSpec&) = default;
};

/// A process with one clustering push consumer in it. Its listener takes `listener_ms` for each message, and
/// `threads` listeners run at once.
struct ConsumerSpec {
  std::string name;
  std::string group;
  std::string topic;
  std::int64_t listener_ms = 0;
  std::int32_t threads = 20;
  friend bool operator==(const ConsumerSpec&, const ConsumerSpec&) = default;
};

/// The producer sends one message at `at_ms` of virtual time, or when its previous operation has ended if
/// that is later. The body is made from `id` and `bytes`, so that its content can be checked.
struct Send {
  std::int64_t at_ms = 0;
  std::string producer;
  std::string topic;
  std::string id;
  std::int32_t bytes = 0;
  friend bool operator==(const Send&, const Send&) = default;
};

/// The machine that a run adds by itself, to read all queues in the end.
inline constexpr std::string_view auditor = "auditor";

/// Everything that a run depends on: the same case gives the same run, to the bit. A case is a value. It is
/// written to and read from a small text file with one record a line. Any send or fault can be deleted.
///
///     gantry-case 1
///     noise 42
///     namesrv n1
///     broker broker-a flushDiskType=SYNC_FLUSH
///     topic TopicTest 4
///     producer p1
///     consumer c1 CG TopicTest listener=20 threads=1
///     send 1500 p1 TopicTest m1 200
///     fault 1 process_kill target=broker-a at=4000 duration=2000
struct Case {
  static constexpr int format = 1;

  std::uint64_t noise = 0;
  std::vector<NamesrvSpec> namesrvs;
  std::vector<BrokerSpec> brokers;
  std::vector<TopicSpec> topics;
  std::vector<ProducerSpec> producers;
  std::vector<ConsumerSpec> consumers;
  std::vector<Send> sends;
  std::vector<sim::faults::Fault> faults;
  friend bool operator==(const Case&, const Case&) = default;

  /// The virtual time in milliseconds when the last operation has begun and the last fault has ended.
  std::int64_t quiet_from_ms() const;
};

/// The text of a case file. parse(to_text(c)) == c.
std::string to_text(const Case& c);

/// What is wrong with a case file, and where.
struct ParseError {
  int line = 0;
  std::string message;  ///< what was expected there and what stood there
};

/// Reads the text of a case file. Unknown records, missing fields, undeclared names and numbers out of range
/// are errors.
boost::system::result<Case, ParseError> parse(std::string_view text);

}  // namespace gantry::properties::cases

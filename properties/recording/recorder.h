#pragma once

#include <map>
#include <string>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"
#include "properties/recording/frames.h"
#include "properties/recording/message_names.h"
#include "sim/observer.h"
#include "traces/record/record.h"

namespace gantry::properties::recording {

/// Keeps a run's events for a record file, and prints its log lines as they come. Sees into the bytes:
/// adds the frames that cross the network and the records that go to a log, with the messages in them.
class Recorder final : public sim::Observer {
 public:
  /// `c` must outlive it.
  Recorder(const cases::Case& c, bool print_log, bool keep_events);

  bool wanted() const { return print_log_ || keep_events_; }
  void on_event(const sim::Event& event) override;
  void on_log(runtime::Instant at, const sim::Actor& actor, runtime::Level level,
              std::string_view text) override;

  /// The run as it was recorded, with what the claims looked at as events among the others.
  traces::record::Record finish(const cluster::Outcome& outcome, std::string verdict);

 private:
  traces::record::Event& add(runtime::Instant at, const sim::Actor& actor, std::string_view kind);
  void add_log_records(const sim::Event& event);
  void add_what_was_seen(const cluster::Outcome& outcome);
  std::string fault_line(std::int64_t id) const;

  const cases::Case& case_;
  bool print_log_;
  bool keep_events_;
  MessageNames names_;
  Frames frames_{names_};
  std::map<std::uint32_t, std::string> node_names_;  // by number
  traces::record::Record record_;
};

}  // namespace gantry::properties::recording

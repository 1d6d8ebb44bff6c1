#pragma once

#include <string>

#include "sim/observer.h"
#include "traces/record/record.h"

namespace gantry::properties::farm {

/// Keeps a run's events for a record file, and prints its log lines as they come.
class Recorder final : public sim::Observer {
 public:
  Recorder(bool print_log, bool keep_events) : print_log_(print_log), keep_events_(keep_events) {}

  bool wanted() const { return print_log_ || keep_events_; }
  void on_event(const sim::Event& event) override;
  void on_log(runtime::Instant at, const sim::Actor& actor, runtime::Level level,
              std::string_view text) override;

  /// Writes one self-contained file. Returns whether that worked.
  bool save(const std::string& file, std::string case_text, std::string hash, std::string verdict);

 private:
  bool print_log_;
  bool keep_events_;
  traces::record::Record record_;
};

}  // namespace gantry::properties::farm

#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "properties/cases/case.h"
#include "properties/cluster/outcome.h"
#include "sim/observer.h"

namespace gantry::properties::cluster {

/// Watches a run from outside and notes what its faults really did: when each began and ended and whether
/// anything met it, which bytes of a log were durable when power was lost or a sync failed, and which queues
/// were taken. So an excuse rests on facts, and not on a window of time around a plan.
class Witness final : public sim::Observer {
 public:
  Witness(const cases::Case& c, Outcome& into);

  void on_event(const sim::Event& event) override;

  /// The number of the latest incarnation of this machine's process, or 0 if none has started.
  std::uint32_t incarnation_of(std::string_view machine) const;
  /// How many faults hold at this moment.
  std::size_t holding() const { return open_.size(); }

 private:
  /// The bytes of one file of a log, from its begin.
  struct LogFile {
    std::int64_t written = 0, durable = 0;
    std::deque<std::int64_t> syncing;  // what each sync that is under way covers
  };
  using Log = std::map<std::string, LogFile, std::less<>>;  // by name: the offset at which the file begins
  struct Node {
    std::uint32_t number = 0, incarnation = 0;
    bool running = false, serving = false;
    Log log;
  };

  void on_fault(const sim::Event& event);
  void on_process(const sim::Event& event);
  void on_disk(const sim::Event& event);
  void on_network(const sim::Event& event);
  void on_consumer(const sim::Event& event);
  void died(std::string_view machine, Instant at);
  /// This consumer no longer reads that queue, or with nullptr any queue.
  void ceased(std::string_view consumer, Instant at, const Queue* queue);
  void log_changed(const sim::Event& event, std::string_view file);
  void lost(const std::string& broker, Instant at, sim::faults::Kind cause);
  bool is_server(std::string_view machine) const;
  unsigned phases_now(const sim::faults::Fault& fault, Instant at) const;
  /// Marks those of the faults that hold now which met something, as `meets` says.
  template <class Meets>
  void hit(Meets meets);
  bool touches(const sim::faults::Fault& fault, std::string_view from, std::string_view to) const;

  const cases::Case& case_;
  Outcome& out_;
  std::map<std::string, Node, std::less<>> nodes_;
  std::map<std::uint32_t, std::string> machine_of_;  // by node number
  std::map<std::int64_t, std::pair<std::string, std::string>> connections_;
  std::vector<std::size_t> open_;  // the faults that hold now, as places in out_.struck
  Instant rebalanced_{-10'000'000'000};
};

}  // namespace gantry::properties::cluster

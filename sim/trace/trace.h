#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/observer.h"
#include "sim/simulation.h"

namespace gantry::sim::trace {

/// The sum of everything that happened in one run, 128 bits, and those who watch it happen.
///
/// Each event adds: time, node, incarnation, fiber, kind, text, facts, digest of its bytes, as
/// little-endian integers. Never an address, a floating-point number or a line of log.
class Trace {
 public:
  Trace();
  ~Trace();
  Trace(const Trace&) = delete;

  /// Adds the event to the sum, then hands it to the observers. The caller has set its digest to that of its
  /// bytes: see digest_of(). An event has at most 1017 facts.
  void add(const Event& event);
  /// Hands a line of log to the observers; the sum does not change.
  void log(runtime::Instant at, const Actor& actor, runtime::Level level, std::string_view text);
  Simulation::Hash hash() const;
  std::uint64_t events() const { return events_; }
  /// Called for each event from now on; must outlive the run.
  void observe(Observer& observer) { observers_.push_back(&observer); }
  bool observed() const { return !observers_.empty(); }

 private:
  struct State;
  void flush() const;

  std::unique_ptr<State> state_;
  std::vector<Observer*> observers_;
  std::uint64_t events_ = 0;
};

/// The digest of bytes in pieces, the same however they are cut. It is 0 for no pieces at all, but not for
/// empty ones.
std::uint64_t digest_of(std::span<const Bytes> pieces);

}  // namespace gantry::sim::trace

#pragma once

#include <cstdint>
#include <vector>

#include "runtime/clock.h"

namespace gantry::sim::network {

/// The way from one machine to another, in one direction.
struct Link {
  int cuts = 0;                      // faults that swallow whatever takes it
  runtime::Instant cut_since{};      // while cuts > 0
  runtime::Instant stalled_until{};  // whatever takes it waits until then
  std::int64_t extra_ns = 0;         // of latency
  bool open() const { return cuts == 0; }
};

/// All links between `machines` machines; a machine reaches itself by a link that no fault touches.
class Links {
 public:
  void add_machine();
  Link& at(std::uint32_t from, std::uint32_t to) { return rows_[from][to]; }
  std::size_t machines() const { return rows_.size(); }

 private:
  std::vector<std::vector<Link>> rows_;
};

inline void Links::add_machine() {
  for (auto& row : rows_) row.emplace_back();
  rows_.emplace_back(rows_.size() + 1);
}

}  // namespace gantry::sim::network

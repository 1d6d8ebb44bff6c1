#pragma once

#include <cstdint>
#include <vector>

#include "traces/draw/choose.h"

namespace gantry::traces::draw {

/// Where a thing that is shown stands, from the top of the first row, in points.
struct Place {
  double y = 0;
  double arrival_y = 0;  ///< of a frame: where its arrow ends
};

/// A stretch in which nothing is shown.
struct Gap {
  double y = 0, height = 0;
  std::int64_t span_ns = 0;
  std::size_t events = 0;
};

struct Rows {
  std::vector<Place> places;  ///< as `shown`
  std::vector<Gap> gaps;
  std::vector<double> headers;  ///< where the lanes are named again, in the middle
  double height = 0;
  /// Where an event stands that is not shown: at the first row that is not before it.
  double y_of_event(std::size_t event) const;
  std::vector<std::pair<std::size_t, double>> by_event;  ///< ascending
};

inline constexpr double row_height = 19;
inline constexpr double line_height = 11;
/// A pause that is left out is longer than this.
inline constexpr std::int64_t gap_ns = 20'000'000;

/// Gives each thing, and each end of an arrow, its row. `lines[i]`: how many lines the label of shown[i]
/// has; `to_right[i]`: whether it stands to the right of its lane.
Rows rows_of(const std::vector<Shown>& shown, const std::vector<std::size_t>& lines,
             const std::vector<bool>& to_right);

}  // namespace gantry::traces::draw

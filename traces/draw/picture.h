#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "traces/draw/choose.h"
#include "traces/story/timeline.h"

namespace gantry::traces::draw {

/// Lengths are points; x grows to the right and y downwards, from the top left corner.
struct Point {
  double x = 0, y = 0;
};

enum class Align : std::uint8_t { left, centre, right };

struct Text {
  Point at;  ///< left end, middle or right end, as `align` says, of the middle of its height
  Align align = Align::left;
  std::vector<std::string> lines;
  double size = 9;
  bool bold = false, faint = false, on_white = false;
};

/// The sign of a step on its lane.
struct Mark {
  Point at;
  story::What what = story::What::log;
};

struct Line {
  enum class Kind : std::uint8_t {
    request,  ///< carries messages there
    answer,
    delivery,  ///< an answer that carries messages
    refusal,   ///< an answer that says no
    routine,   ///< without messages
    lane,
    gap,  ///< a lane where time was left out
    dead  ///< a lane while nothing lives on it
  };
  Point from, to;
  Kind kind = Kind::lane;
  bool arrives = true;  ///< of arrows
  bool several = false;
};

/// The time in which a fault held, over its lane.
struct Box {
  Point from, to;
  bool hits_process = false;  ///< kill, loss of power, pause: nothing runs
};

/// A diagram as it will be drawn, every place worked out.
struct Picture {
  double width = 0, height = 0;
  std::vector<Box> boxes;
  std::vector<Line> lines;
  std::vector<Text> headers;  ///< a lane's name and role, framed
  std::vector<Mark> marks;
  std::vector<Text> texts;
};

/// What the marks and lines mean; its top left corner is at `at`.
void add_legend(Picture& picture, Point at);

/// One lane per node, time downwards and not to scale: each thing that is shown has a row, and a row between
/// says how much was left out.
Picture lay_out(const story::Timeline& timeline, const std::vector<Shown>& shown, const std::string& title);

}  // namespace gantry::traces::draw

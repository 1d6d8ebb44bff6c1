#include "traces/draw/rows.h"

#include <algorithm>

#include "traces/record/sort.h"

namespace gantry::traces::draw {

namespace {

/// One end of an arrow, or a mark.
struct Moment {
  std::int64_t at_ns = 0;
  std::size_t event = 0;
  std::size_t shown = 0;
  std::size_t lane = 0;
  bool arrival = false;
};

constexpr double arrival_row_height = 12;
constexpr double gap_height = 22;
constexpr double page_height = 780, header_room = 44;

std::vector<Moment> moments_of(const std::vector<Shown>& shown) {
  std::vector<Moment> moments;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const story::Step& s = shown[i].all;
    moments.push_back({s.at_ns, s.event, i, s.lane, false});
    if (s.arrival && shown[i].steps.size() == 1)
      moments.push_back({s.arrival->at_ns, s.arrival->event, i, s.arrival->lane, true});
  }
  record::sort_stably(moments, [](const Moment& m) { return m.event; });
  return moments;
}

class Rowing {
 public:
  Rowing(const std::vector<Shown>& shown, const std::vector<std::size_t>& lines,
         const std::vector<bool>& to_right)
      : shown_(shown), lines_(lines), to_right_(to_right), moments_(moments_of(shown)) {}

  Rows rows() {
    out_.places.resize(shown_.size());
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      const Moment& m = moments_[i];
      if (!(m.arrival && shares_with_next(i))) place(m);
      else sharing_.push_back(m.shown);
    }
    out_.height = y_ + row_height / 2;
    return std::move(out_);
  }

 private:
  /// An arrow may end at the mark of what follows at once, where the label stands on the other side.
  bool shares_with_next(std::size_t i) const {
    if (i + 1 >= moments_.size()) return false;
    const Moment &m = moments_[i], &next = moments_[i + 1];
    const bool from_left = shown_[m.shown].all.lane < m.lane;
    return !next.arrival && next.lane == m.lane && next.at_ns - m.at_ns < gap_ns &&
           to_right_[next.shown] == from_left && lines_[next.shown] == 1;
  }

  void place(const Moment& m) {
    if (covered_event_ > 0 && m.at_ns - covered_ns_ >= gap_ns) {
      out_.gaps.push_back({y_ + row_height / 2, gap_height, m.at_ns - covered_ns_, m.event - covered_event_});
      y_ += gap_height;
    }
    if (y_ - named_at_ > page_height && !m.arrival) {
      out_.headers.push_back(y_ + row_height / 2 + header_room / 2);
      y_ += header_room;
      named_at_ = y_;
    }
    const double extra = m.arrival ? 0 : static_cast<double>(lines_[m.shown] - 1) * line_height;
    y_ += m.arrival ? arrival_row_height : row_height + extra / 2;
    if (m.arrival) out_.places[m.shown].arrival_y = y_;
    else out_.places[m.shown] = {y_, y_};
    for (const std::size_t shown : sharing_) out_.places[shown].arrival_y = y_;
    sharing_.clear();
    out_.by_event.emplace_back(m.event, y_);
    y_ += extra / 2;
    // What is drawn as one reaches to the last of it.
    const Shown& shown = shown_[m.shown];
    covered_ns_ = std::max({covered_ns_, m.at_ns, shown.until_ns});
    covered_event_ = std::max({covered_event_, m.event, shown.until_event});
  }

  const std::vector<Shown>& shown_;
  const std::vector<std::size_t>& lines_;
  const std::vector<bool>& to_right_;
  const std::vector<Moment> moments_;
  Rows out_;
  double y_ = 0;
  double named_at_ = 0;
  std::int64_t covered_ns_ = 0;
  std::size_t covered_event_ = 0;
  std::vector<std::size_t> sharing_;
};

}  // namespace

double Rows::y_of_event(std::size_t event) const {
  const auto at = std::ranges::lower_bound(by_event, event, {}, &std::pair<std::size_t, double>::first);
  return at == by_event.end() ? height : at->second;
}

Rows rows_of(const std::vector<Shown>& shown, const std::vector<std::size_t>& lines,
             const std::vector<bool>& to_right) {
  return Rowing(shown, lines, to_right).rows();
}

}  // namespace gantry::traces::draw

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "traces/draw/picture.h"
#include "traces/draw/rows.h"
#include "traces/draw/text.h"
#include "traces/story/words.h"

namespace gantry::traces::draw {

using story::Step;
using story::Timeline;
using story::What;

namespace {

constexpr double label_size = 9, title_size = 12, margin = 14;
constexpr double axis_width = 118;  // times, and what was left out
constexpr double gap_min = 86;      // between two lanes
constexpr double label_width_max = 290;
constexpr double header_height = 34;
constexpr double label_offset = 11;  // from the lane

Line::Kind kind_of(const Step& s) {
  if (!s.frame.is_answer()) return s.messages.empty() ? Line::Kind::routine : Line::Kind::request;
  if (s.frame.answer != 0) return Line::Kind::refusal;
  if (s.messages.empty()) return Line::Kind::routine;
  return s.frame.request == 11 ? Line::Kind::delivery : Line::Kind::answer;
}

class Layout {
 public:
  Layout(const Timeline& t, const std::vector<Shown>& shown) : t_(t), shown_(shown) {}

  Picture picture(const std::string& title) {
    choose_lanes();
    write_labels();
    space_lanes();
    rows_ = rows_of(shown_, lines_, to_right_);
    const double right = right_edge();
    add_title(title, right);
    top_ = out_.height + header_height + 8;
    add_headers(out_.height + header_height / 2);
    bottom_ = top_ + rows_.height + 10;
    add_faults();
    add_lane_lines();
    for (std::size_t i = 0; i < shown_.size(); ++i) add(i);
    add_times();
    add_headers(bottom_ + header_height / 2);
    for (const double header : rows_.headers) add_headers(y_of(header));
    add_legend(out_, {margin, bottom_ + header_height + 24});
    out_.height = bottom_ + header_height + 76;
    out_.width = std::max(right, legend_width);
    return std::move(out_);
  }

 private:
  static constexpr double legend_width = 660;

  void choose_lanes() {
    std::set<std::size_t> used;
    for (const Shown& s : shown_) {
      used.insert(s.all.lane);
      if (s.all.what == What::frame && s.all.to) used.insert(*s.all.to);
    }
    used_.assign(used.begin(), used.end());
    for (std::size_t i = 0; i < used_.size(); ++i) column_[used_[i]] = i;
  }

  void write_labels() {
    for (const Shown& s : shown_) {
      std::string label = s.label(t_);
      if (s.all.what == What::frame && !s.all.arrival) label += ", never arrives";
      labels_.push_back(wrapped(label, label_size, label_width_max));
      lines_.push_back(labels_.back().size());
      to_right_.push_back(s.all.what != What::frame || !s.all.to || *s.all.to >= s.all.lane);
    }
  }

  bool is_bold(std::size_t i) const {
    return shown_[i].all.what == What::power_loss || shown_[i].all.what == What::kill;
  }

  double label_width(std::size_t i) const {
    double most = 0;
    for (const std::string& line : labels_[i]) most = std::max(most, width_of(line, label_size, is_bold(i)));
    return most + label_offset + 6;
  }

  /// As narrow as the labels between the lanes allow.
  void space_lanes() {
    spaces_.assign(used_.size(), gap_min);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const std::size_t from = column_.at(shown_[i].all.lane);
      if (shown_[i].all.what != What::frame) spaces_[from] = std::max(spaces_[from], label_width(i));
    }
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const Step& s = shown_[i].all;
      if (s.what != What::frame) continue;
      const std::size_t from = column_.at(s.lane), to = s.to ? column_.at(*s.to) : from + 1;
      double there = 0;
      for (std::size_t c = std::min(from, to); c < std::max(from, to); ++c)
        there += spaces_[c < spaces_.size() ? c : from];
      // The arrow needs a little more than its label, or nobody sees where it goes.
      const double missing = label_width(i) + 22 - there;
      if (missing > 0) spaces_[to < from ? from - 1 : from] += missing;
    }
    double x = margin + axis_width + 30;
    for (const double space : spaces_) x_.push_back(x), x += space;
  }

  double x_of(std::size_t lane) const { return x_[column_.at(lane)]; }
  double y_of(double row) const { return top_ + row; }

  double right_edge() const { return x_.empty() ? 400 : x_.back() + spaces_.back() + margin; }

  void add_title(const std::string& title, double right) {
    double y = margin + title_size;
    for (const std::string& line :
         wrapped(title, title_size, std::max(right, legend_width) - 2 * margin, true)) {
      out_.texts.push_back({{margin, y}, Align::left, {line}, title_size, true, false, false});
      y += title_size + 5;
    }
    std::string idle;
    for (std::size_t i = 0; i < t_.lanes.size(); ++i)
      if (!column_.contains(i) && t_.lanes[i].role != "auditor") idle += " " + t_.lanes[i].name;
    std::string about = fmt::format("{} events in {} of virtual time; run {}", t_.events,
                                    story::span_text(t_.end_ns), t_.hash.substr(0, 16));
    if (!idle.empty()) about += "; nothing to draw for" + idle;
    out_.texts.push_back({{margin, y}, Align::left, {about}, label_size, false, true, false});
    out_.height = y + 18;
  }

  void add_headers(double y) {
    for (const std::size_t lane : used_) {
      const story::Lane& l = t_.lanes[lane];
      out_.headers.push_back(
          {{x_of(lane), y},
           Align::centre,
           {l.name, l.role == "consumer" ? l.detail.substr(0, l.detail.find(' ')) : l.role},
           10,
           true,
           false,
           true});
    }
  }

  void add_faults() {
    std::map<std::size_t, std::size_t> depth;  // faults that hold, per lane
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const Step& s = shown_[i].all;
      if (s.what == What::fault_end && depth[s.lane] > 0) --depth[s.lane];
      if (s.what != What::fault_begin || is_momentary(s)) continue;
      const double end = s.ended ? y_of(rows_.y_of_event(s.ended->event)) : bottom_;
      const double half = 8 + 5 * static_cast<double>(depth[s.lane]++ % 4);
      const bool process =
          s.text.starts_with("process_") || s.text.starts_with("power_loss") || s.text.starts_with("pause");
      out_.boxes.push_back(
          {{x_of(s.lane) - half, y_of(rows_.places[i].y)}, {x_of(s.lane) + half, end}, process});
    }
  }

  /// Where a lane begins to live (true) and ceases to (false).
  std::vector<std::pair<double, bool>> turns_of(std::size_t lane) const {
    std::vector<std::pair<double, bool>> turns;
    bool first = true;
    for (const Step& s : t_.steps) {
      if (s.lane != lane) continue;
      const bool begins = s.what == What::start;
      if (!begins && s.what != What::end && s.what != What::kill && s.what != What::power_loss) continue;
      turns.emplace_back(begins && first ? top_ - 8 : y_of(rows_.y_of_event(s.event)), begins);
      first = false;
    }
    if (first) turns.emplace_back(top_ - 8, true);
    return turns;
  }

  void add_lane_lines() {
    for (const std::size_t lane : used_) {
      const auto turns = turns_of(lane);
      for (std::size_t i = 0; i < turns.size(); ++i) {
        const double end = i + 1 < turns.size() ? turns[i + 1].first : bottom_;
        add_stretch(x_of(lane), turns[i].first, end, turns[i].second);
      }
    }
  }

  void add_stretch(double x, double from, double to, bool alive) {
    const auto add_line = [&](double a, double b, Line::Kind kind) {
      if (b > a) out_.lines.push_back({{x, a}, {x, b}, kind, true, false});
    };
    if (!alive) return add_line(from, to, Line::Kind::dead);
    for (const Gap& gap : rows_.gaps) {
      const double begin = y_of(gap.y), end = begin + gap.height;
      if (end <= from || begin >= to) continue;
      add_line(from, begin, Line::Kind::lane);
      add_line(std::max(from, begin), std::min(to, end), Line::Kind::gap);
      from = end;
    }
    add_line(from, to, Line::Kind::lane);
  }

  void add(std::size_t i) {
    const Step& s = shown_[i].all;
    const double x = x_of(s.lane), y = y_of(rows_.places[i].y), way = to_right_[i] ? 1 : -1;
    out_.marks.push_back({{x, y}, s.what});
    const bool frame = s.what == What::frame;
    const double above = frame ? 7 + line_height / 2 * static_cast<double>(lines_[i] - 1) : 0;
    out_.texts.push_back({{x + way * label_offset, y - above},
                          to_right_[i] ? Align::left : Align::right,
                          labels_[i],
                          label_size,
                          is_bold(i),
                          false,
                          true});
    if (frame) add_arrow(i, {x, y});
  }

  void add_arrow(std::size_t i, Point from) {
    const Step& s = shown_[i].all;
    const bool several = shown_[i].steps.size() > 1;
    Point to{s.to ? x_of(*s.to) : from.x + gap_min / 2, from.y};
    if (s.arrival && !several) to.y = y_of(rows_.places[i].arrival_y);
    if (!s.arrival) {
      // Towards the other end, and not there.
      to.x = from.x + (to.x - from.x) * 0.85;
      to.y = from.y + 8;
    }
    out_.lines.push_back({from, to, kind_of(s), s.arrival.has_value(), several});
  }

  void add_times() {
    for (std::size_t i = 0; i < shown_.size(); ++i)
      out_.texts.push_back({{margin + axis_width - 30, y_of(rows_.places[i].y)},
                            Align::right,
                            {time_of(shown_[i])},
                            8,
                            false,
                            true,
                            false});
    for (const Gap& gap : rows_.gaps)
      out_.texts.push_back({{margin + axis_width, y_of(gap.y) + gap.height / 2},
                            Align::right,
                            {fmt::format("⋮ {}, {} events", story::span_text(gap.span_ns), gap.events)},
                            8,
                            false,
                            true,
                            false});
  }

  /// Of several things the first and the last.
  static std::string time_of(const Shown& s) {
    if (s.steps.size() == 1) return story::time_text(s.all.at_ns);
    constexpr double second = 1e9;
    return fmt::format("{:.3f}–{:.3f} s", static_cast<double>(s.all.at_ns) / second,
                       static_cast<double>(s.until_ns) / second);
  }

  const Timeline& t_;
  const std::vector<Shown>& shown_;
  Picture out_;
  std::vector<std::size_t> used_;                 // lanes that are drawn
  std::map<std::size_t, std::size_t> column_;     // of a lane: which of them
  std::vector<double> spaces_, x_;                // per column: to the next one; its place
  std::vector<std::vector<std::string>> labels_;  // as shown_
  std::vector<std::size_t> lines_;
  std::vector<bool> to_right_;
  Rows rows_;
  double top_ = 0, bottom_ = 0;
};

}  // namespace

Picture lay_out(const Timeline& t, const std::vector<Shown>& shown, const std::string& title) {
  return Layout(t, shown).picture(title);
}

}  // namespace gantry::traces::draw

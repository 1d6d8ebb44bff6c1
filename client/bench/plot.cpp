#include "client/bench/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "client/bench/report.h"

namespace gantry::client::bench {

namespace {
constexpr int width = 860, panel_height = 250, left = 90, right = 30, top = 56, gap = 70;
constexpr int plot_width = width - left - right;

/// Blue and vermilion of a palette that colour-blind people tell apart, on white.
constexpr const char* line_colour = "#0072B2";
constexpr const char* mark_colour = "#D55E00";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '&') out += "&amp;";
    else out += c;
  }
  return out;
}

/// The least of 1, 2, 5 times a power of ten that is not below `value`.
double round_up(double value) {
  if (!(value > 0)) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * power >= value) return step * power;
  return 10 * power;
}

std::string short_number(double value) {
  if (value >= 1e6) return fmt::format("{:g} M", value / 1e6);
  if (value >= 1e3) return fmt::format("{:g} k", value / 1e3);
  return fmt::format("{:g}", value);
}

class Svg {
 public:
  Svg() {
    add(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" )"
        R"(font-family="sans-serif" font-size="12">)",
        width, top + 2 * panel_height + gap + 50);
    add(R"(<rect width="100%" height="100%" fill="white"/>)");
  }
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  void text(double x, double y, const char* anchor, const std::string& words) {
    add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y, anchor, escaped(words));
  }
  void grid(double x1, double y1, double x2, double y2) {
    add(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="#ddd"/>)", x1, y1, x2, y2);
  }
  void line(const std::string& points) {
    add(R"(<polyline fill="none" stroke="{}" stroke-width="2" points="{}"/>)", line_colour, points);
  }
  std::string end() {
    add("</svg>");
    return std::move(out_);
  }

 private:
  std::string out_;
};

void point(std::string& points, double x, double y) {
  fmt::format_to(std::back_inserter(points), "{:.1f},{:.1f} ", x, y);
}

/// Messages per second, one step per period; the warm-up is shaded.
void draw_rate(Svg& svg, const Measured& measured, double y0) {
  double most = 0, until = 0, warm = 0;
  for (const Period& period : measured.periods) {
    most = std::max(most, period.messages_per_second());
    until = period.from_s + period.seconds;
    if (period.warm_up) warm = until;
  }
  const double height = round_up(most), length = std::max(until, 1e-9);
  const auto x = [&](double s) { return left + s / length * plot_width; };
  const auto y = [&](double rate) { return y0 + panel_height - rate / height * panel_height; };
  svg.add(R"(<rect x="{}" y="{:.1f}" width="{:.1f}" height="{}" fill="#f3f3f3"/>)", left, y0, x(warm) - left,
          panel_height);
  for (int i = 0; i <= 4; ++i) {
    svg.grid(left, y(height * i / 4), left + plot_width, y(height * i / 4));
    svg.text(left - 8, y(height * i / 4) + 4, "end", short_number(height * i / 4));
    svg.text(x(length * i / 4), y0 + panel_height + 18, "middle", fmt::format("{:.3g} s", length * i / 4));
  }
  std::string points;
  for (const Period& period : measured.periods) {
    point(points, x(period.from_s), y(period.messages_per_second()));
    point(points, x(period.from_s + period.seconds), y(period.messages_per_second()));
  }
  svg.line(points);
  svg.text(left, y0 - 8, "start", "messages per second" + std::string(warm > 0 ? "; grey: warm-up" : ""));
}

/// Latency against "one in so many": 2 is the median, 1000 is p99.9.
void draw_latency(Svg& svg, const Latencies& latency, double y0) {
  const double rarest = std::max(
      10.0, std::pow(10, std::ceil(std::log10(std::max<double>(10, static_cast<double>(latency.count()))))));
  const double low =
      std::pow(10, std::floor(std::log10(std::max<double>(1, static_cast<double>(latency.value_at(0))))));
  const double high = std::max(
      low * 10, std::pow(10, std::ceil(std::log10(std::max<double>(1, static_cast<double>(latency.max()))))));
  const auto x = [&](double one_in) { return left + std::log10(one_in) / std::log10(rarest) * plot_width; };
  const auto y = [&](double ns) {
    return y0 + panel_height - std::log10(std::max(ns, low) / low) / std::log10(high / low) * panel_height;
  };
  for (double ns = low; ns <= high * 1.001; ns *= 10) {
    svg.grid(left, y(ns), left + plot_width, y(ns));
    svg.text(left - 8, y(ns) + 4, "end", text_of_ns(static_cast<std::int64_t>(ns)));
  }
  for (double one_in = 1; one_in <= rarest * 1.001; one_in *= 10) {
    svg.grid(x(one_in), y0, x(one_in), y0 + panel_height);
    svg.text(x(one_in), y0 + panel_height + 18, "middle",
             one_in < 2 ? "all" : fmt::format("p{:.9g}", 100 - 100 / one_in));
  }
  std::string points;
  for (double step = 0; step <= 200; ++step) {
    const double one_in = std::pow(rarest, step / 200);
    if (one_in > static_cast<double>(latency.count())) break;
    point(points, x(one_in), y(static_cast<double>(latency.value_at(100 - 100 / one_in))));
  }
  svg.line(points);
  for (const double percent : percentiles) {
    const double one_in = 100 / (100 - percent);
    if (one_in > static_cast<double>(latency.count())) break;
    const std::int64_t ns = latency.value_at(percent);
    svg.add(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}"/>)", x(one_in), y(static_cast<double>(ns)),
            mark_colour);
    svg.text(x(one_in) - 6, y(static_cast<double>(ns)) - 8, "end",
             fmt::format("p{:g} {}", percent, text_of_ns(ns)));
  }
  svg.text(left, y0 - 8, "start", "latency at each percentile; max " + text_of_ns(latency.max()));
}
}  // namespace

std::string to_svg(const std::string& title, const Measured& measured) {
  Svg svg;
  svg.text(left, 22, "start", title);
  draw_rate(svg, measured, top);
  draw_latency(svg, measured.total.latency, top + panel_height + gap);
  return svg.end();
}

}  // namespace gantry::client::bench

#include "client/bench/report.h"

#include <fmt/format.h>

#include "model/protocol/codes.h"

namespace gantry::client::bench {

namespace {
using model::protocol::SerializeType;

double us(std::int64_t ns) {
  return static_cast<double>(ns) / 1e3;
}

/// How much later than due the generator may send and still have kept its schedule.
constexpr double late_ms_max = 10;

std::string schedule(const Options& options, const Period& total) {
  if (total.behind == 0) return "kept";
  const double ms = static_cast<double>(total.behind) / requests_per_second(options) * 1e3;
  return fmt::format("{}: up to {} requests ({:.1f} ms) behind", ms <= late_ms_max ? "kept" : "not kept",
                     total.behind, ms);
}

std::string name_of_code(std::int32_t code) {
  const auto name = model::protocol::name_of(static_cast<model::protocol::ResponseCode>(code));
  return name.empty() ? std::to_string(code) : fmt::format("{} {}", code, name);
}

void add_row(std::string& out, std::string_view phase, const Period& period) {
  fmt::format_to(std::back_inserter(out), "{},{:.3f},{:.3f},{},{},{},{:.1f},{}", phase, period.from_s,
                 period.seconds, period.requests, period.messages, period.failed,
                 period.messages_per_second(), period.behind);
  fmt::format_to(std::back_inserter(out), ",{:.3f}", period.latency.mean() / 1e3);
  for (const double percent : percentiles)
    fmt::format_to(std::back_inserter(out), ",{:.3f}", us(period.latency.value_at(percent)));
  fmt::format_to(std::back_inserter(out), ",{:.3f}\n", us(period.latency.max()));
}
}  // namespace

std::string text_of_ns(std::int64_t ns) {
  const auto value = static_cast<double>(ns);
  if (ns < 1'000) return fmt::format("{} ns", ns);
  if (ns < 1'000'000) return fmt::format("{:.1f} us", value / 1e3);
  if (ns < 1'000'000'000) return fmt::format("{:.2f} ms", value / 1e6);
  return fmt::format("{:.2f} s", value / 1e9);
}

std::string describe(const Options& options) {
  std::string text = fmt::format("{} connection{} x {} in flight, {} B", options.connections,
                                 options.connections == 1 ? "" : "s", options.in_flight, options.body_bytes);
  if (options.batch > 1) text += fmt::format(", batches of {}", options.batch);
  text += options.header == SerializeType::json ? ", JSON headers" : ", ROCKETMQ headers";
  if (options.rate > 0) text += fmt::format(", open loop at {:.0f} messages/s", options.rate);
  else text += ", closed loop";
  return text;
}

std::string progress_line(const Period& period, bool open_loop) {
  std::string line =
      fmt::format("{:6.1f} s  {:>9.0f} msg/s  p50 {:>9}  p99 {:>9}  p99.9 {:>9}  max {:>9}",
                  period.from_s + period.seconds, period.messages_per_second(),
                  text_of_ns(period.latency.value_at(50)), text_of_ns(period.latency.value_at(99)),
                  text_of_ns(period.latency.value_at(99.9)), text_of_ns(period.latency.max()));
  if (period.failed != 0) line += fmt::format("  failed {}", period.failed);
  if (open_loop && period.behind != 0) line += fmt::format("  behind {}", period.behind);
  if (period.warm_up) line += "  (warm-up)";
  return line;
}

std::string summary(const Options& options, const Measured& measured) {
  const Period& total = measured.total;
  std::string text = fmt::format("{} to {}\n", describe(options), options.topic);
  fmt::format_to(std::back_inserter(text), "messages    {} in {:.1f} s: {:.0f} /s, {:.1f} MB/s of bodies\n",
                 total.messages, total.seconds, total.messages_per_second(),
                 total.messages_per_second() * options.body_bytes / 1e6);
  fmt::format_to(std::back_inserter(text), "latency     mean {}",
                 text_of_ns(static_cast<std::int64_t>(total.latency.mean())));
  for (const double percent : percentiles)
    fmt::format_to(std::back_inserter(text), "  p{:g} {}", percent,
                   text_of_ns(total.latency.value_at(percent)));
  fmt::format_to(std::back_inserter(text), "  max {}{}\n", text_of_ns(total.latency.max()),
                 options.rate > 0 ? ", from the moment a request was due" : ", from the send");
  if (options.rate > 0)
    fmt::format_to(std::back_inserter(text), "schedule    {}\n", schedule(options, total));
  if (!measured.broken_off.empty())
    fmt::format_to(std::back_inserter(text), "broke off   {} of {} s were measured: {}\n",
                   fmt::format("{:.1f}", total.seconds), options.seconds, measured.broken_off);
  for (const auto& [code, failures] : measured.failures)
    fmt::format_to(std::back_inserter(text), "failed      {} x {}: {}\n", failures.count, name_of_code(code),
                   failures.remark);
  if (measured.unanswered != 0)
    fmt::format_to(std::back_inserter(text), "unanswered  {} requests\n", measured.unanswered);
  fmt::format_to(std::back_inserter(text), "generator   {:.0f} % of a core{}\n", measured.own_cpu_share * 100,
                 measured.own_cpu_share > 0.95 && !options.spin ? ": it may be what limits the rate" : "");
  return text;
}

std::string to_csv(const Measured& measured) {
  std::string out = "phase,from_s,seconds,requests,messages,failed,messages_per_s,behind,mean_us";
  for (const double percent : percentiles) fmt::format_to(std::back_inserter(out), ",p{:g}_us", percent);
  out += ",max_us\n";
  for (const Period& period : measured.periods) add_row(out, period.warm_up ? "warm-up" : "measured", period);
  add_row(out, "total", measured.total);
  return out;
}

}  // namespace gantry::client::bench

#include "traces/record/record.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace gantry::traces::record {

std::string to_text(const Record& r) {
  std::string out =
      fmt::format("gantry-record {}\nbuild {}\nhash {}\nverdict {}\ncase {}\n{}", Record::format, r.build,
                  r.hash, r.verdict, std::ranges::count(r.case_text, '\n'), r.case_text);
  fmt::format_to(std::back_inserter(out), "events {}\n", r.events.size());
  for (const Event& e : r.events) {
    fmt::format_to(std::back_inserter(out), "{} {} {} {} {}", e.at_ns, e.node, e.incarnation, e.fiber,
                   e.kind);
    for (const std::int64_t fact : e.facts) fmt::format_to(std::back_inserter(out), " {}", fact);
    out += '\n';
  }
  return out + "end\n";
}

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  boost::system::result<Record, ReadError> read() {
    Record r;
    if (const auto format = after("gantry-record "); !failed() && format != "1")
      fail(fmt::format("this build reads record format 1, the file is of format {}", format));
    r.build = after("build ");
    r.hash = after("hash ");
    r.verdict = after("verdict ");
    const auto lines = number<std::size_t>(after("case "), "the number of lines of the case");
    for (std::size_t i = 0; i < lines && !failed(); ++i) r.case_text.append(line()).append("\n");
    const auto events = number<std::size_t>(after("events "), "the number of events");
    for (std::size_t i = 0; i < events && !failed(); ++i) r.events.push_back(event());
    if (!failed() && line() != "end") fail("expected `end` after the last event");
    if (failed()) return error_;
    return r;
  }

 private:
  bool failed() const { return !error_.message.empty(); }
  void fail(std::string message) {
    if (!failed()) error_ = {line_, std::move(message)};
  }

  std::string_view line() {
    if (failed()) return {};
    ++line_;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) {
      fail("the file ends here; it was cut off");
      return {};
    }
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return taken;
  }

  /// The rest of the next line, which must begin so.
  std::string_view after(std::string_view begin) {
    const std::string_view whole = line();
    if (failed()) return {};
    if (!whole.starts_with(begin)) {
      fail(fmt::format("expected `{}...`, found `{}`", begin, whole.substr(0, 60)));
      return {};
    }
    return whole.substr(begin.size());
  }

  template <class N>
  N number(std::string_view text, std::string_view what) {
    N value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size())
      fail(fmt::format("expected {}, found `{}`", what, text.substr(0, 60)));
    return value;
  }

  static std::string_view word(std::string_view& from) {
    const std::size_t end = std::min(from.find(' '), from.size());
    const std::string_view taken = from.substr(0, end);
    from.remove_prefix(std::min(end + 1, from.size()));
    return taken;
  }

  Event event() {
    std::string_view rest = line();
    Event e;
    if (failed()) return e;
    e.at_ns = number<std::int64_t>(word(rest), "a time in nanoseconds");
    e.node = word(rest);
    e.incarnation = number<std::uint64_t>(word(rest), "an incarnation");
    e.fiber = number<std::uint64_t>(word(rest), "the ordinal of a fiber");
    e.kind = word(rest);
    if (e.node.empty() || e.kind.empty()) fail("expected `TIME NODE INCARNATION FIBER KIND [FACTS]`");
    while (!rest.empty() && !failed())
      e.facts.push_back(number<std::int64_t>(word(rest), "a fact as a number"));
    return e;
  }

  std::string_view rest_;
  std::size_t line_ = 0;
  ReadError error_;
};

}  // namespace

boost::system::result<Record, ReadError> parse(std::string_view text) {
  return Reader(text).read();
}

}  // namespace gantry::traces::record

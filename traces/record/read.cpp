#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "traces/record/record.h"

namespace gantry::traces::record {

namespace {

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == '\\');
    if (pair) ++i;
    out += pair && text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

std::string_view word(std::string_view& from) {
  const std::size_t end = std::min(from.find(' '), from.size());
  const std::string_view taken = from.substr(0, end);
  from.remove_prefix(std::min(end + 1, from.size()));
  return taken;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  boost::system::result<Record, ReadError> read() {
    Record r;
    if (const auto format = after("gantry-record "); !failed() && format != "2")
      fail(
          fmt::format("expected record format 2, found {}: record the case again with `mqsim replay CASE "
                      "--record FILE`",
                      quoted(format)));
    r.build = after("build ");
    r.hash = after("hash ");
    r.verdict = unescaped(after("verdict "));
    const auto lines = number<std::size_t>(after("case "), "the number of lines of the case");
    for (std::size_t i = 0; i < lines && !failed(); ++i) r.case_text.append(line()).append("\n");
    each("nodes ", "the number of nodes", [&] { r.nodes.push_back(node()); });
    each("messages ", "the number of messages", [&] { r.messages.push_back(message()); });
    messages_ = r.messages.size();
    each("events ", "the number of events", [&] { r.events.push_back(event()); });
    if (!failed() && line() != "end") fail("expected `end` after the last event");
    if (!failed() && !rest_.empty()) ++line_, fail("expected nothing after `end`");
    if (failed()) return error_;
    return r;
  }

 private:
  bool failed() const { return !error_.message.empty(); }
  void fail(std::string message) {
    if (!failed()) error_ = {line_, std::move(message)};
  }
  static std::string quoted(std::string_view found) { return fmt::format("`{}`", found.substr(0, 60)); }

  std::string_view line() {
    if (failed()) return {};
    ++line_;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) {
      fail("expected another line; the file ends here, it was cut off");
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
      fail(fmt::format("expected `{}...`, found {}", begin, quoted(whole)));
      return {};
    }
    return whole.substr(begin.size());
  }

  template <class Read>
  void each(std::string_view begin, std::string_view what, const Read& read) {
    const auto count = number<std::size_t>(after(begin), what);
    for (std::size_t i = 0; i < count && !failed(); ++i) read();
  }

  template <class N>
  N number(std::string_view text, std::string_view what) {
    N value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size())
      fail(fmt::format("expected {}, found {}", what, quoted(text)));
    return value;
  }

  Node node() {
    std::string_view rest = line();
    Node n{std::string(word(rest)), std::string(word(rest)), unescaped(rest)};
    if (n.role.empty() || n.name.empty()) fail("expected `ROLE NODE [DETAIL]`");
    return n;
  }

  Message message() {
    std::string_view rest = line();
    Message m{std::string(word(rest)), unescaped(rest)};
    if (m.key.empty() || m.id.empty()) fail("expected `UNIQ_KEY ID` of a message");
    return m;
  }

  Event event() {
    const std::string_view whole = line();
    std::string_view rest = whole.substr(0, std::min(whole.find(" \""), whole.size()));
    Event e;
    if (failed()) return e;
    if (rest.size() < whole.size()) e.text = unescaped(whole.substr(rest.size() + 2));
    e.at_ns = number<std::int64_t>(word(rest), "a time in nanoseconds");
    e.node = word(rest);
    e.incarnation = number<std::uint64_t>(word(rest), "an incarnation");
    e.fiber = number<std::uint64_t>(word(rest), "the ordinal of a fiber");
    e.kind = word(rest);
    if (e.node.empty() || e.kind.empty())
      fail("expected `TIME NODE INCARNATION FIBER KIND [FACTS] [@MESSAGES] [\"TEXT]`");
    while (!rest.empty() && !failed()) {
      const std::string_view next = word(rest);
      if (next.starts_with('@')) touched(next.substr(1), e);
      else e.facts.push_back(number<std::int64_t>(next, "a fact as a number"));
    }
    return e;
  }

  void touched(std::string_view list, Event& e) {
    while (!failed()) {
      const std::size_t end = std::min(list.find(','), list.size());
      e.messages.push_back(number<std::size_t>(list.substr(0, end), "the number of a message"));
      if (!failed() && e.messages.back() >= messages_)
        fail(fmt::format("expected the number of a message below {}, found {}", messages_,
                         quoted(list.substr(0, end))));
      if (end == list.size()) return;
      list.remove_prefix(end + 1);
    }
  }

  std::string_view rest_;
  std::size_t line_ = 0;
  std::size_t messages_ = 0;
  ReadError error_;
};

}  // namespace

boost::system::result<Record, ReadError> parse(std::string_view text) {
  return Reader(text).read();
}

}  // namespace gantry::traces::record

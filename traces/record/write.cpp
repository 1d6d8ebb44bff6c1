#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "traces/record/record.h"

namespace gantry::traces::record {

namespace {

/// One line, whatever it holds.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\\\";
    else if (c == '\n') out += "\\n";
    else out += c;
  }
  return out;
}

void append(const Event& e, std::string& out) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{} {} {} {} {}", e.at_ns, e.node, e.incarnation, e.fiber, e.kind);
  for (const std::int64_t fact : e.facts) fmt::format_to(to, " {}", fact);
  for (std::size_t i = 0; i < e.messages.size(); ++i)
    fmt::format_to(to, "{}{}", i == 0 ? " @" : ",", e.messages[i]);
  if (!e.text.empty()) fmt::format_to(to, " \"{}", escaped(e.text));
  out += '\n';
}

}  // namespace

std::string to_text(const Record& r) {
  std::string out =
      fmt::format("gantry-record {}\nbuild {}\nhash {}\nverdict {}\ncase {}\n{}", Record::format, r.build,
                  r.hash, escaped(r.verdict), std::ranges::count(r.case_text, '\n'), r.case_text);
  auto to = std::back_inserter(out);
  fmt::format_to(to, "nodes {}\n", r.nodes.size());
  for (const Node& n : r.nodes)
    fmt::format_to(to, "{} {}{}{}\n", n.role, n.name, n.detail.empty() ? "" : " ", escaped(n.detail));
  fmt::format_to(to, "messages {}\n", r.messages.size());
  for (const Message& m : r.messages) fmt::format_to(to, "{} {}\n", m.key, escaped(m.id));
  fmt::format_to(to, "events {}\n", r.events.size());
  for (const Event& e : r.events) append(e, out);
  return out + "end\n";
}

}  // namespace gantry::traces::record

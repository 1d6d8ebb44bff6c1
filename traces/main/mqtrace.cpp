// mqtrace: reads what a run has recorded (`mqsim ... --record FILE`).

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "traces/record/record.h"

namespace {

using gantry::traces::record::Event;
using gantry::traces::record::Record;

enum Exit { fine = 0, unreadable = 1, bad_usage = 2 };

std::optional<Record> read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    fmt::print(stderr, "mqtrace: {} cannot be read\n", file);
    return std::nullopt;
  }
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  auto record = gantry::traces::record::parse(text);
  if (record) return std::move(*record);
  fmt::print(stderr, "{}:{}: {}\n", file, record.error().line, record.error().message);
  return std::nullopt;
}

void print_summary(const Record& r) {
  std::map<std::string, std::map<std::string, std::uint64_t>> kinds_of;
  for (const Event& e : r.events) ++kinds_of[e.node][e.kind];
  fmt::print("build {}\nhash {}\nverdict {}\nevents {}\n", r.build, r.hash, r.verdict, r.events.size());
  for (const auto& [node, kinds] : kinds_of) {
    fmt::print("{}:", node);
    for (const auto& [kind, count] : kinds) fmt::print(" {} {}", kind, count);
    fmt::print("\n");
  }
}

void print_events(const Record& r, const std::string& node, const std::string& kind) {
  for (const Event& e : r.events) {
    if (!node.empty() && !e.node.starts_with(node)) continue;
    if (!kind.empty() && !e.kind.starts_with(kind)) continue;
    fmt::print("{:>14.6f} ms  {}#{}.{}  {}", static_cast<double>(e.at_ns) / 1e6, e.node, e.incarnation,
               e.fiber, e.kind);
    for (const std::int64_t fact : e.facts) fmt::print(" {}", fact);
    fmt::print("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Reads a recorded run."};
  app.footer("Exit codes: 0 fine; 1 the file cannot be read or is damaged (the line is named); 2 bad usage.");
  app.require_subcommand(1);
  std::string file, node, kind;
  CLI::App* summary = app.add_subcommand("summary", "What was run, what came of it, events per node");
  summary->add_option("file", file)->required();
  CLI::App* events = app.add_subcommand("events", "The events, one a line");
  events->add_option("file", file)->required();
  events->add_option("--node", node, "Only nodes whose name begins so");
  events->add_option("--kind", kind, "Only kinds that begin so");
  CLI::App* the_case = app.add_subcommand("case", "The case file that the record holds");
  the_case->add_option("file", file)->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? fine : bad_usage;
  }
  const auto record = read(file);
  if (!record) return unreadable;
  if (*summary) print_summary(*record);
  if (*events) print_events(*record, node, kind);
  if (*the_case) fmt::print("{}", record->case_text);
  return fine;
}

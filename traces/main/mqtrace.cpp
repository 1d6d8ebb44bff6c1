// mqtrace: reads what a run has recorded (`mqsim ... --record FILE`).

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "traces/draw/choose.h"
#include "traces/draw/dot.h"
#include "traces/draw/picture.h"
#include "traces/main/graphviz.h"
#include "traces/record/record.h"
#include "traces/story/fate.h"
#include "traces/story/timeline.h"
#include "traces/story/why.h"

namespace {

using gantry::traces::record::Event;
using gantry::traces::record::Record;
namespace story = gantry::traces::story;
namespace draw = gantry::traces::draw;

enum Exit { fine = 0, unreadable = 1, bad_usage = 2, unwritable = 3 };

std::optional<Record> read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (in.peek(); in.bad() || !in.is_open()) {  // a folder opens, and then gives nothing
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
  bool any = false;
  for (const Event& e : r.events) {
    if (!node.empty() && !e.node.starts_with(node)) continue;
    if (!kind.empty() && !e.kind.starts_with(kind)) continue;
    any = true;
    fmt::print("{:>14.6f} ms  {}#{}.{}  {}", static_cast<double>(e.at_ns) / 1e6, e.node, e.incarnation,
               e.fiber, e.kind);
    for (const std::int64_t fact : e.facts) fmt::print(" {}", fact);
    for (const std::size_t m : e.messages) fmt::print(" {}", r.messages[m].id);
    fmt::print("{}{}\n", e.text.empty() ? "" : "  ", e.text);
  }
  if (!any) fmt::print(stderr, "mqtrace: no event is of such a node and kind\n");
}

/// The message of that name; says so when there is none.
std::optional<std::size_t> find(const story::Timeline& timeline, const std::string& name) {
  const auto message = timeline.message(name);
  if (!message) fmt::print(stderr, "mqtrace: this run has no message `{}`\n", name);
  return message;
}

int tell_why(const Record& r, const std::string& name) {
  const auto timeline = story::timeline_of(r);
  const auto message = find(timeline, name);
  if (!message) return bad_usage;
  fmt::print("{}", why(timeline, *message));
  return fine;
}

void print_harmed(const Record& r) {
  const auto timeline = story::timeline_of(r);
  const auto fates = story::fates_of(timeline);
  for (const std::size_t m : troubled(timeline))
    fmt::print("{} {}\n", timeline.messages[m].id, name_of(fates[m].verdict));
}

int draw_run(const Record& r, const std::string& name, const std::string& file) {
  const auto timeline = story::timeline_of(r);
  std::vector<draw::Shown> shown;
  std::string title = draw::title_of(timeline);
  if (name.empty()) {
    shown = draw::whole_run(timeline);
  } else {
    const auto message = find(timeline, name);
    if (!message) return bad_usage;
    shown = draw::life_of(timeline, *message);
    title = verdict_of(timeline, *message, story::fates_of(timeline)[*message]);
  }
  const std::string dot = to_dot(lay_out(timeline, shown, title));
  if (const auto wrong = gantry::traces::draw_to_file(dot, file)) {
    fmt::print(stderr, "mqtrace: {}\n", *wrong);
    return unwritable;
  }
  fmt::print("drawn: {}\n", file);
  return fine;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Reads a recorded run."};
  app.footer(
      "Exit codes: 0 fine; 1 the file cannot be read or is damaged (the line is named); 2 bad usage or no "
      "such\n"
      "message; 3 the picture could not be drawn.");
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
  std::string message, picture = "run.svg";
  CLI::App* why =
      app.add_subcommand("why", "Why a message was lost, missed, late, delivered twice or not sent");
  why->add_option("file", file)->required();
  why->add_option("message", message, "Its id in the case, or its unique key")->required();
  CLI::App* harmed = app.add_subcommand(
      "harmed", "The messages that were lost, missed, delivered twice, late or not sent, the worst first");
  harmed->add_option("file", file)->required();
  CLI::App* draw_command =
      app.add_subcommand("draw", "A space-time diagram: a lane per node, time downwards");
  draw_command->add_option("file", file)->required();
  draw_command->add_option("--message", message, "Only the life of this one");
  draw_command->add_option("-o,--output", picture, "Where to: .svg, .png or .dot")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? fine : bad_usage;
  }
  const auto record = read(file);
  if (!record) return unreadable;
  if (*summary) print_summary(*record);
  if (*events) print_events(*record, node, kind);
  if (*harmed) print_harmed(*record);
  if (*draw_command) return draw_run(*record, message, picture);
  if (*why) return tell_why(*record, message);
  if (*the_case) fmt::print("{}", record->case_text);
  return fine;
}

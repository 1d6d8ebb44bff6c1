#include "properties/farm/recorder.h"

#include <fstream>

#include <fmt/format.h>

namespace gantry::properties::farm {

namespace {

std::string node_of(const sim::Actor& actor) {
  return actor.machine.empty() ? "world" : fmt::format("{}/{}", actor.machine, actor.process);
}

constexpr const char* build =
#if defined(__clang__)
    "clang " __clang_version__;
#else
    "g++ " __VERSION__;
#endif

}  // namespace

void Recorder::on_event(const sim::Event& event) {
  if (!keep_events_) return;
  record_.events.push_back({event.at.ns,
                            node_of(event.actor),
                            event.actor.incarnation,
                            event.actor.fiber,
                            std::string(event.kind),
                            {event.facts.begin(), event.facts.end()}});
}

void Recorder::on_log(runtime::Instant at, const sim::Actor& actor, runtime::Level level,
                      std::string_view text) {
  static constexpr const char* words[] = {"debug", "info", "warn", "error"};
  if (print_log_)
    fmt::print("{:>12.3f} ms {}#{} {}: {}\n", static_cast<double>(at.ns) / 1e6, node_of(actor),
               actor.incarnation, words[static_cast<int>(level)], text);
}

bool Recorder::save(const std::string& file, std::string case_text, std::string hash, std::string verdict) {
  record_.build = build;
  record_.case_text = std::move(case_text);
  record_.hash = std::move(hash);
  record_.verdict = std::move(verdict);
  std::ofstream out(file, std::ios::binary);
  out << traces::record::to_text(record_);
  return static_cast<bool>(out.flush());
}

}  // namespace gantry::properties::farm

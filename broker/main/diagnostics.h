#pragma once

#include <cstdio>
#include <span>
#include <string>

#include "broker/config/properties.h"

/// Says on stderr what is wrong with a configuration, a line for each thing, and on one more line which of
/// its keys do nothing here: who wrote `fileReservedTime` ought to know. `file` is its name for people.
inline void tell(std::span<const gantry::broker::config::Diagnostic> found, const std::string& file) {
  using gantry::broker::config::Severity;
  std::string idle;
  for (const auto& diagnostic : found) {
    if (diagnostic.severity == Severity::note) {
      idle += (idle.empty() ? " " : ", ") + diagnostic.key;
      continue;
    }
    const char* const kind = diagnostic.severity == Severity::error ? "error" : "warning";
    std::fprintf(stderr, "%s: %s\n", kind, to_line(diagnostic, file).c_str());
  }
  if (!idle.empty()) std::fprintf(stderr, "note: %s: without effect here:%s\n", file.c_str(), idle.c_str());
}

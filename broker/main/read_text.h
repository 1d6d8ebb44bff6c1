#pragma once

#include <fstream>
#include <optional>
#include <string>

/// The whole file; nothing when it cannot be read. A folder opens like a file, and then gives nothing.
inline std::optional<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  char part[4096];
  do {
    in.read(part, sizeof part);
    text.append(part, static_cast<std::size_t>(in.gcount()));
  } while (in);
  if (!in.eof() || in.bad()) return std::nullopt;
  return text;
}

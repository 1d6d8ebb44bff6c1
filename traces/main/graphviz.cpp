#include "traces/main/graphviz.h"

#include <sys/wait.h>

#include <cstdio>
#include <fstream>

#include <fmt/format.h>

namespace gantry::traces {

namespace {

std::optional<std::string> write_text(const std::string& text, const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) return file + " cannot be written";
  return std::nullopt;
}

/// For a shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  return out + "'";
}

}  // namespace

std::optional<std::string> draw_to_file(const std::string& dot, const std::string& file) {
  if (file.ends_with(".dot")) return write_text(dot, file);
  const bool png = file.ends_with(".png");
  if (!png && !file.ends_with(".svg")) return "a picture's file ends in .svg, .png or .dot, not so " + file;
  // The PNG at twice the size of the screen's usual point, for small letters.
  const std::string command =
      fmt::format("neato -n2 {} -o {}", png ? "-Tpng -Gdpi=120" : "-Tsvg", quoted(file));
  std::FILE* const pipe = ::popen(command.c_str(), "w");
  if (pipe == nullptr) return "no process could be started for neato";
  const bool written = std::fwrite(dot.data(), 1, dot.size(), pipe) == dot.size();
  const int status = ::pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return "neato is not there: install Debian's graphviz";
  if (!written || status != 0) return fmt::format("neato could not draw {} (status {})", file, status);
  return std::nullopt;
}

}  // namespace gantry::traces

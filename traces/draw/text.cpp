#include "traces/draw/text.h"

#include <cctype>

namespace gantry::traces::draw {

namespace {
double em_of(char c) {
  const auto u = static_cast<unsigned char>(c);
  if ((u & 0xC0) == 0x80) return 0;  // the rest of a character that was counted
  if (u >= 0x80) return 0.85;
  if (c == 'm' || c == 'w' || c == 'M' || c == 'W' || c == '%') return 0.98;
  if (std::isupper(u) != 0) return 0.70;
  if (std::isdigit(u) != 0) return 0.64;
  if (c == ' ' || c == '.' || c == ',' || c == ':' || c == ';' || c == 'i' || c == 'l' || c == 'j')
    return 0.34;
  return c == 'f' || c == 't' || c == 'r' || c == '(' || c == ')' || c == '-' ? 0.42 : 0.62;
}
}  // namespace

double width_of(std::string_view text, double size, bool bold) {
  double ems = 0;
  for (const char c : text) ems += em_of(c);
  return ems * size * (bold ? 1.14 : 1.0);
}

std::vector<std::string> wrapped(std::string_view text, double size, double width_max, bool bold) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word(text.substr(0, end));
    const std::string longer = lines.back().empty() ? word : lines.back() + " " + word;
    if (!lines.back().empty() && width_of(longer, size, bold) > width_max) lines.push_back(word);
    else lines.back() = longer;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace gantry::traces::draw

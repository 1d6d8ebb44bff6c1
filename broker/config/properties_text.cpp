// Properties files as texts: read, printed, and changed in place.
#include <charconv>
#include <map>

#include "broker/config/properties.h"
#include "model/base/utf8.h"

namespace gantry::broker::config {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

std::string_view without_leading_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

/// Takes one line off the front of `text`; ends are \n, \r and \r\n.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
    return line;
  }
  const bool both = text.substr(end, 2) == "\r\n";
  text.remove_prefix(end + (both ? 2 : 1));
  return line;
}

bool is_continued(std::string_view line) {
  std::size_t backslashes = 0;
  while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

/// Takes one character, or one escape, off the front of `text`.
void take_character(std::string_view& text, std::string& out) {
  const char c = text.front();
  text.remove_prefix(1);
  if (c != '\\' || text.empty()) {
    out += c;
    return;
  }
  const char escaped = text.front();
  text.remove_prefix(1);
  switch (escaped) {
    case 't': out += '\t'; return;
    case 'n': out += '\n'; return;
    case 'r': out += '\r'; return;
    case 'f': out += '\f'; return;
    case 'u': break;
    default: out += escaped; return;
  }
  unsigned code = 0;
  const std::string_view digits = text.substr(0, 4);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (digits.size() < 4 || parsed.ptr != digits.data() + 4) {
    out += 'u';
    return;
  }
  text.remove_prefix(4);
  char character[4];
  out.append(character, write_utf8(code, character));
}

/// Takes one entry off the front of `text`, from `number` on, which counts its lines; nothing where there
/// is only a comment or a blank line.
std::optional<std::string> take_entry(std::string_view& text, int& number) {
  std::string_view line = without_leading_blanks(take_line(text));
  if (line.empty() || line.front() == '#' || line.front() == '!') return std::nullopt;
  std::string whole;
  while (is_continued(line)) {
    whole += line.substr(0, line.size() - 1);
    line = without_leading_blanks(take_line(text));
    ++number;
  }
  return whole.append(line);
}

/// What is put behind `text` begins a line of its own.
void end_line(std::string& text) {
  std::string_view line = text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  const bool continued = is_continued(line);
  if (line.size() == text.size()) text += '\n';
  if (continued) text += '\n';
}

/// `key=value` as parse_entry() reads it.
std::string written(const Property& property) {
  std::string line = property.key + "=";
  for (const char c : property.value) {
    if (c == '\\' || (is_blank(c) && line.back() == '=')) line += '\\';
    line += c;
  }
  return line + "\n";
}

Property parse_entry(std::string_view text, int line) {
  Property property;
  property.line = line;
  while (!text.empty() && !is_blank(text.front()) && text.front() != '=' && text.front() != ':')
    take_character(text, property.key);
  text = without_leading_blanks(text);
  if (!text.empty() && (text.front() == '=' || text.front() == ':')) text.remove_prefix(1);
  text = without_leading_blanks(text);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  while (!text.empty()) take_character(text, property.value);
  return property;
}

}  // namespace

std::vector<Property> parse_properties(std::string_view text) {
  std::vector<Property> properties;
  for (int number = 1; !text.empty(); ++number) {
    const int first = number;
    if (const auto entry = take_entry(text, number)) properties.push_back(parse_entry(*entry, first));
  }
  return properties;
}

std::string with_values(std::string_view text, std::span<const Property> values) {
  std::vector<std::string> parts;  // entries and what is between them, as they stand
  std::map<std::string, std::size_t, std::less<>> last;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    int lines = 0;
    const auto entry = take_entry(rest, lines);
    if (entry) last.insert_or_assign(parse_entry(*entry, 0).key, parts.size());
    parts.emplace_back(before.substr(0, before.size() - rest.size()));
  }
  if (!parts.empty()) end_line(parts.back());
  for (const Property& property : values) {
    const auto [at, is_new] = last.try_emplace(property.key, parts.size());
    if (is_new) parts.emplace_back();
    parts[at->second] = written(property);
  }
  std::string changed;
  for (const std::string& part : parts) changed += part;
  return changed;
}

std::string print_properties(std::span<const Property> properties) {
  std::string text;
  for (const Property& property : properties)
    text.append(property.key).append("=").append(property.value).append("\n");
  return text;
}

}  // namespace gantry::broker::config

#include "broker/config/properties.h"

#include <algorithm>
#include <charconv>

#include "model/message/names.h"

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

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
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
  append_utf8(out, code);
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

/// A wrong value as it is quoted: short, and on one line.
std::string shown(std::string_view value) {
  constexpr std::size_t shown_max = 200;
  std::string text(value.substr(0, shown_max));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = '?';
  return value.size() > shown_max ? text + "..." : text;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
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

std::string to_line(const Diagnostic& diagnostic, std::string_view file) {
  std::string line(file);
  if (diagnostic.line > 0) line.append(":").append(std::to_string(diagnostic.line));
  line.append(": ").append(diagnostic.key).append(": ").append(diagnostic.text);
  return line;
}

bool has_errors(std::span<const Diagnostic> diagnostics) {
  return std::ranges::any_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
}

KeyTable& KeyTable::add(std::string name, Set set, Get get) {
  keys_.insert_or_assign(std::move(name), Key{std::move(set), std::move(get)});
  return *this;
}

KeyTable& KeyTable::flag(std::string name, bool& into) {
  return add(
      std::move(name),
      [&into](std::string_view value) -> std::optional<std::string> {
        const bool is_true = edit_distance(value, "true") == 0;
        if (!is_true && edit_distance(value, "false") != 0) return "expected true or false";
        into = is_true;
        return std::nullopt;
      },
      [&into] { return std::string(into ? "true" : "false"); });
}

KeyTable& KeyTable::text(std::string name, std::string& into, std::size_t bytes_max) {
  return add(
      std::move(name),
      [&into, bytes_max](std::string_view value) -> std::optional<std::string> {
        if (value.size() > bytes_max || model::message::has_control_characters(value))
          return "expected at most " + std::to_string(bytes_max) + " bytes without control characters";
        into = value;
        return std::nullopt;
      },
      [&into] { return into; });
}

KeyTable& KeyTable::without_effect(std::initializer_list<std::string_view> names) {
  without_effect_.insert(without_effect_.end(), names.begin(), names.end());
  return *this;
}

std::optional<std::string> KeyTable::set(std::string_view key, std::string_view value) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? std::nullopt : found->second.set(value);
}

std::optional<std::string> KeyTable::get(std::string_view key) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return std::nullopt;
  return found->second.get();
}

std::vector<Diagnostic> KeyTable::apply(std::span<const Property> properties) const {
  std::vector<Diagnostic> diagnostics;
  std::map<std::string_view, int> seen;
  for (const Property& property : properties) {
    const auto say = [&](Severity severity, std::string text) {
      diagnostics.push_back({severity, property.line, property.key, std::move(text)});
    };
    if (const auto [before, first] = seen.emplace(property.key, property.line); !first) {
      say(Severity::warning,
          "was given in line " + std::to_string(before->second) + " too; the last one counts");
      before->second = property.line;
    }
    if (knows(property.key)) {
      if (const auto expected = set(property.key, property.value))
        say(Severity::error, *expected + ", not \"" + shown(property.value) + "\"");
    } else if (std::ranges::find(without_effect_, property.key) != without_effect_.end()) {
      say(Severity::note, "has no effect here");
    } else {
      const auto like = nearest(property.key);
      say(Severity::warning, "unknown key" + (like ? "; did you mean " + *like + "?" : std::string()));
    }
  }
  return diagnostics;
}

std::vector<Property> KeyTable::values() const {
  std::vector<Property> all;
  for (const auto& [name, key] : keys_) all.push_back({name, key.get(), 0});
  return all;
}

std::optional<std::int64_t> KeyTable::parse_number(std::string_view text) {
  std::int64_t n = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), n);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return n;
}

std::string KeyTable::expected_number(std::int64_t min, std::int64_t max) {
  return "expected a number from " + std::to_string(min) + " to " + std::to_string(max);
}

std::string KeyTable::expected_one_of(const std::vector<std::string>& names) {
  std::string text = "expected one of";
  for (std::size_t i = 0; i < names.size(); ++i) text.append(i == 0 ? " " : ", ").append(names[i]);
  return text;
}

std::optional<std::string> KeyTable::nearest(std::string_view unknown) const {
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, unknown.size() / 3) + 1;
  const auto consider = [&](std::string_view name) {
    const std::size_t distance = edit_distance(unknown, name);
    if (distance >= best_distance) return;
    best_distance = distance;
    best = name;
  };
  for (const auto& [name, key] : keys_) consider(name);
  for (const std::string& name : without_effect_) consider(name);
  return best;
}

}  // namespace gantry::broker::config

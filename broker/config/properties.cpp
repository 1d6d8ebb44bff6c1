#include "broker/config/properties.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "model/message/names.h"

namespace gantry::broker::config {

namespace {

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

bool is_listed(std::string_view list, std::string_view key) {
  for (;;) {
    const std::size_t end = list.find(';');
    if (list.substr(0, end) == key) return true;
    if (end == std::string_view::npos) return false;
    list.remove_prefix(end + 1);
  }
}

std::string to_line(const Diagnostic& diagnostic, std::string_view file) {
  if (diagnostic.line <= 0) return fmt::format("{}: {}: {}", file, diagnostic.key, diagnostic.text);
  return fmt::format("{}:{}: {}: {}", file, diagnostic.line, diagnostic.key, diagnostic.text);
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
        if (value.size() > bytes_max || model::message::has_unprintable_bytes(value))
          return fmt::format("expected at most {} bytes of UTF-8 without control characters", bytes_max);
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
      say(Severity::warning, fmt::format("was given in line {} too; the last one counts", before->second));
      before->second = property.line;
    }
    if (const auto expected = set(property.key, property.value)) {
      say(Severity::error, fmt::format("{}, not \"{}\"", *expected, shown(property.value)));
    } else if (std::ranges::find(without_effect_, property.key) != without_effect_.end()) {
      say(Severity::note, "has no effect here");
    } else if (!knows(property.key)) {
      const auto like = nearest(property.key);
      say(Severity::warning, like ? fmt::format("unknown key; did you mean {}?", *like) : "unknown key");
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
  return fmt::format("expected a number from {} to {}", min, max);
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
    // It takes at least as many edits as the lengths differ by: a file of long lines is not compared at all.
    const std::size_t apart = std::max(name.size(), unknown.size()) - std::min(name.size(), unknown.size());
    if (apart >= best_distance) return;
    const std::size_t distance = edit_distance(unknown, name);
    if (distance >= best_distance) return;
    best_distance = distance;
    best = name;
  };
  for (const auto& [name, key] : keys_) consider(name);
  for (const std::string& name : without_effect_)
    if (!knows(name)) consider(name);
  return best;
}

}  // namespace gantry::broker::config

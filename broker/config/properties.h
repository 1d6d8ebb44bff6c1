#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace gantry::broker::config {

/// One entry of a properties file; `line` is where it begins, from 1 (0: it came from elsewhere).
struct Property {
  std::string key;
  std::string value;
  int line = 0;
  friend bool operator==(const Property&, const Property&) = default;
};

/// Reads a file as java.util.Properties does: `key=value`, `key: value` or `key value`; comments
/// begin with # or !; a backslash at the end continues a line; \t \n \r \f and \uXXXX are escapes.
/// Any text is a valid file. Unlike Java, blanks at the end of a value are dropped: nobody means them.
std::vector<Property> parse_properties(std::string_view text);

/// `key=value` lines, as requests 26 and 319 answer and -p prints.
std::string print_properties(std::span<const Property> properties);

/// The text of a file with these values in place of its own, and every other line, comment and key as
/// it was. Of a key that is there twice the last one changes, since it counts; a new key comes last.
std::string with_values(std::string_view text, std::span<const Property> values);

/// Whether a list of keys, joined by semicolons as configBlackList is, has this key.
bool is_listed(std::string_view list, std::string_view key);

enum class Severity { note, warning, error };

/// What an operator should know about one entry of a file.
struct Diagnostic {
  Severity severity = Severity::error;
  int line = 0;
  std::string key;
  std::string text;
};

/// `file:line: key: text`.
std::string to_line(const Diagnostic& diagnostic, std::string_view file);
bool has_errors(std::span<const Diagnostic> diagnostics);

/// The keys that a program understands, each bound to a variable of its configuration, which must
/// outlive the table. A wrong value leaves its variable as it was.
class KeyTable {
 public:
  /// `false` or `true`, in any case.
  KeyTable& flag(std::string name, bool& into);
  /// A text without control characters, of so many bytes at most: it may come from a request, and go
  /// into answers and into lines of the log.
  KeyTable& text(std::string name, std::string& into, std::size_t bytes_max = text_bytes_max);
  static constexpr std::size_t text_bytes_max = 1024;
  /// A decimal number in [min, max].
  template <class Integer>
  KeyTable& number(std::string name, Integer& into, std::int64_t min, std::int64_t max) {
    static_assert(std::is_integral_v<Integer> && sizeof(Integer) <= 8);
    return add(
        std::move(name),
        [&into, min, max](std::string_view value) -> std::optional<std::string> {
          const std::optional<std::int64_t> n = parse_number(value);
          if (!n || *n < min || *n > max) return expected_number(min, max);
          into = static_cast<Integer>(*n);
          return std::nullopt;
        },
        [&into] { return std::to_string(into); });
  }
  /// One of `choices`, by name; the name is what is written in files.
  template <class Enum>
  KeyTable& choice(std::string name, Enum& into, std::vector<std::pair<std::string, Enum>> choices) {
    std::vector<std::string> names;
    for (const auto& [text, value] : choices) names.push_back(text);
    return add(
        std::move(name),
        [&into, choices, names](std::string_view value) -> std::optional<std::string> {
          for (const auto& [text, choice] : choices)
            if (text == value) return into = choice, std::nullopt;
          return expected_one_of(names);
        },
        [&into, choices] {
          for (const auto& [text, choice] : choices)
            if (choice == into) return text;
          return std::string();
        });
  }
  /// For a key with a form of its own. `set` returns what it expected when it does not take a value.
  using Set = std::function<std::optional<std::string>(std::string_view)>;
  using Get = std::function<std::string()>;
  KeyTable& add(std::string name, Set set, Get get);
  /// Keys of RocketMQ that mean nothing here (thread pools, for instance), bound or not: noted, not warned
  /// about.
  KeyTable& without_effect(std::initializer_list<std::string_view> names);

  /// Sets one variable. What was expected instead, or nothing when it took the value or does not
  /// know the key (see knows()).
  std::optional<std::string> set(std::string_view key, std::string_view value) const;
  bool knows(std::string_view key) const { return keys_.contains(key); }
  /// The variable's value as text.
  std::optional<std::string> get(std::string_view key) const;

  /// Sets all of a file. An unknown key is a warning that names the nearest known one; a wrong value
  /// is an error; of a key that is given twice the last one counts, with a warning; a key without effect is
  /// a note.
  std::vector<Diagnostic> apply(std::span<const Property> properties) const;
  /// Every key with its value, in order of name.
  std::vector<Property> values() const;

 private:
  struct Key {
    Set set;
    Get get;
  };
  static std::optional<std::int64_t> parse_number(std::string_view text);
  static std::string expected_number(std::int64_t min, std::int64_t max);
  static std::string expected_one_of(const std::vector<std::string>& names);
  std::optional<std::string> nearest(std::string_view unknown) const;

  std::map<std::string, Key, std::less<>> keys_;
  std::vector<std::string> without_effect_;
};

}  // namespace gantry::broker::config

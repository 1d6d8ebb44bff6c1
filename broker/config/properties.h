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

/// One entry of a properties file. `line` is the line on which it begins, counted from 1; 0 if the entry does
/// not come from a file.
struct Property {
  std::string key;
  std::string value;
  int line = 0;
  friend bool operator==(const Property&, const Property&) = default;
};

/// Reads a file as java.util.Properties does. An entry is `key=value`, `key: value` or `key value`. A comment
/// begins with # or !. A backslash at the end continues a line. \t \n \r \f and \uXXXX are escapes. Any text
/// is a valid file. Unlike Java, this drops blanks at the end of a value, because nobody means them.
std::vector<Property> parse_properties(std::string_view text);

/// `key=value` lines, as requests 26 and 319 answer and -p prints.
std::string print_properties(std::span<const Property> properties);

/// The text of a file with these values in place of its own. Every other line, comment and key stays as it
/// was. If a key is there twice, the last entry changes, because that one counts. A new key is put at the
/// end.
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

/// The keys that a program understands, each bound to a variable of its configuration. The variables must
/// outlive the table. A wrong value leaves its variable as it was.
class KeyTable {
 public:
  /// A key whose value is `false` or `true`, in upper or lower case.
  KeyTable& flag(std::string name, bool& into);
  /// A key whose value is a text of at most `bytes_max` bytes without control characters. Such a text may
  /// come from a request, and goes into answers and into lines of the log.
  KeyTable& text(std::string name, std::string& into, std::size_t bytes_max = text_bytes_max);
  static constexpr std::size_t text_bytes_max = 1024;
  /// A key whose value is a decimal number in [min, max].
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
  /// A key whose value is the name of one of `choices`, as files write it.
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
  /// A key with a form of its own. `set` returns what it expected if it does not accept a value.
  using Set = std::function<std::optional<std::string>(std::string_view)>;
  using Get = std::function<std::string()>;
  KeyTable& add(std::string name, Set set, Get get);
  /// Names keys of RocketMQ that have no effect here, such as those of thread pools. A file that has one gets
  /// a note, and no warning. They may be bound as well.
  KeyTable& without_effect(std::initializer_list<std::string_view> names);

  /// Sets one variable. Returns what was expected instead, or nothing if the value was accepted or the key is
  /// not known (see knows()).
  std::optional<std::string> set(std::string_view key, std::string_view value) const;
  bool knows(std::string_view key) const { return keys_.contains(key); }
  /// The variable's value as text, or nothing if the key is not known.
  std::optional<std::string> get(std::string_view key) const;

  /// Sets everything that a file has. An unknown key gives a warning that names the most similar known key. A
  /// wrong value is an error. If a key is given twice, the last entry counts, with a warning. A key without
  /// an effect gives a note.
  std::vector<Diagnostic> apply(std::span<const Property> properties) const;
  /// Every key with its value, in ascending order of names.
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

#include "model/protocol/json_header.h"

#include <charconv>
#include <cstring>

#include "model/protocol/json_text.h"

namespace gantry::model::protocol {

namespace {

constexpr int digits_surely_in_range = 9;
constexpr int depth_max = 64;  // of a value that is skipped

bool parse_int(std::string_view text, std::int32_t& into) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, into);
  return error == std::errc() && stop == end && !text.empty();
}

bool ends_scalar(char c) {
  return c == ',' || c == '}' || c == ']' || static_cast<unsigned char>(c) <= ' ';
}

bool looks_like_number(std::string_view text) {
  if (text.front() != '-' && (text.front() < '0' || text.front() > '9')) return false;
  for (const char c : text.substr(1)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && c != '.' && c != 'e' && c != 'E' && c != '-' && c != '+') return false;
  }
  return text != "-";
}

/// Reads a quoted text without escapes whose opening quote is at `at`. Returns what is behind its
/// closing quote, or null for any other text.
inline const char* plain_text(const char* at, const char* end, std::string_view& text) {
  if (at == end || *at != '"') return nullptr;
  const char* const begin = ++at;
  for (; end - at >= 8; at += 8) {
    const std::uint64_t word = json_text::load8(at);
    const std::uint64_t marks = json_text::equal_to(word, '"') | json_text::equal_to(word, '\\');
    if (marks == 0) continue;
    at += json_text::first_of(marks);
    if (*at != '"') return nullptr;
    text = {begin, static_cast<std::size_t>(at - begin)};
    return at + 1;
  }
  return nullptr;
}

/// The same for the names of a send, which are single letters.
inline const char* plain_name(const char* at, const char* end, std::string_view& name) {
  if (end - at < 8 || at[2] != '"' || at[0] != '"' || at[1] == '\\' || at[1] == '"')
    return plain_text(at, end, name);
  name = {at + 1, 1};
  return at + 3;
}

}  // namespace

JsonHeaderScanner::JsonHeaderScanner(std::string_view header, CommandView& into)
    : at_(header.data()), end_(header.data() + header.size()), size_(header.size()), into_(into) {}

bool JsonHeaderScanner::run() {
  space();
  if (!take('{')) return false;
  space();
  if (!take('}')) {
    for (bool again = true; again;) {
      std::string_view name;
      if (!key(name) || !member(name) || !more(again)) return false;
    }
  }
  space();
  return at_ == end_;
}

inline bool JsonHeaderScanner::key(std::string_view& name) {
  space();
  if (!quoted(name)) return false;
  space();
  if (!take(':')) return false;
  space();
  return true;
}

/// Behind a member: a comma and another one, or the end of the object.
inline bool JsonHeaderScanner::more(bool& again) {
  space();
  again = take(',');
  return again || take('}');
}

bool JsonHeaderScanner::member(std::string_view name) {
  switch (name.size()) {
    case 4:
      if (name == "code") return integer(into_.code);
      if (name == "flag") return integer(into_.flag);
      break;
    case 6:
      if (name == "opaque") return integer(into_.opaque);
      break;
    case 7:
      if (name == "version") return integer(into_.version);
      break;
    case 8:
      if (name == "language") return language();
      break;
    case 9:
      if (name == "extFields") return extension_fields();
      break;
    default: break;
  }
  std::string_view text;
  Kind kind{};
  if (!value(text, kind)) return false;
  if (name == "remark") into_.remark = kind == Kind::null ? std::string_view() : text;
  return true;
}

bool JsonHeaderScanner::extension_fields() {
  into_.fields_.clear();
  if (!take('{')) {
    std::string_view text;
    Kind kind{};
    return scalar(text, kind) && kind == Kind::null;
  }
  space();
  if (take('}')) return true;
  for (bool again = true; again;) {
    std::string_view name;
    std::string_view text;
    Kind kind{};
    if (!plain_entry(name, text)) {
      if (!key(name) || !value(text, kind)) return false;
    }
    if (kind != Kind::null) {
      if (into_.fields_.size() == fields_max) return false;
      into_.fields_.emplace_back(name, text);
    }
    if (!more(again)) return false;
  }
  return true;
}

/// A name and a text without white space or escapes: what encoders write, in few steps. Takes nothing
/// when it is anything else.
inline bool JsonHeaderScanner::plain_entry(std::string_view& name, std::string_view& text) {
  const char* at = plain_name(at_, end_, name);
  if (at == nullptr || at == end_ || *at != ':') return false;
  at = plain_text(at + 1, end_, text);
  if (at == nullptr) return false;
  at_ = at;
  return true;
}

inline bool JsonHeaderScanner::value(std::string_view& text, Kind& kind) {
  if (at_ == end_) return false;
  if (*at_ == '"') {
    kind = Kind::text;
    return quoted(text);
  }
  if (*at_ == '{' || *at_ == '[') {
    kind = Kind::nested;
    return nested(text);
  }
  return scalar(text, kind);
}

inline bool JsonHeaderScanner::quoted(std::string_view& text) {
  if (!take('"')) return false;
  const char* const begin = at_;
  const char* const stop = json_text::find_quote_or_escape(begin, end_);
  if (stop == end_) return false;
  if (*stop == '\\') return unescape(text);
  text = {begin, static_cast<std::size_t>(stop - begin)};
  at_ = stop + 1;
  return true;
}

/// Every escape is longer than what it stands for, so what is in the scratch never overtakes the
/// place in the header, and eight bytes may be copied wherever eight can be read.
bool JsonHeaderScanner::unescape(std::string_view& text) {
  if (into_.scratch_.size() < size_) into_.scratch_.resize(size_);  // before the first view into it
  char* const start = into_.scratch_.data() + scratch_used_;
  char* to = start;
  const char* at = at_;
  for (;;) {
    std::uint64_t marks = 0;
    while (marks == 0 && end_ - at >= 8) {
      const std::uint64_t word = json_text::load8(at);
      std::memcpy(to, at, 8);
      marks = json_text::equal_to(word, '"') | json_text::equal_to(word, '\\');
      const std::size_t plain = marks == 0 ? 8 : json_text::first_of(marks);
      at += plain;
      to += plain;
    }
    while (marks == 0 && at != end_ && *at != '"' && *at != '\\') *to++ = *at++;
    if (at == end_) return false;
    if (*at++ == '"') break;
    // The marks inside of properties are on every send: \u0001 and \u0002.
    if (end_ - at >= 5 && std::memcmp(at, "u000", 4) == 0 && at[4] >= '0' && at[4] <= '9') {
      *to++ = static_cast<char>(at[4] - '0');
      at += 5;
    } else {
      to = json_text::read_escape(at, end_, to);
      if (to == nullptr) return false;
    }
  }
  at_ = at;
  text = {start, static_cast<std::size_t>(to - start)};
  scratch_used_ += text.size();
  return true;
}

bool JsonHeaderScanner::scalar(std::string_view& text, Kind& kind) {
  const char* const begin = at_;
  while (at_ != end_ && !ends_scalar(*at_)) ++at_;
  text = {begin, static_cast<std::size_t>(at_ - begin)};
  if (text.empty()) return false;
  kind = text == "null" ? Kind::null : Kind::scalar;
  return kind == Kind::null || text == "true" || text == "false" || looks_like_number(text);
}

bool JsonHeaderScanner::nested(std::string_view& text) {
  const char* const begin = at_;
  const char* const stop = json_text::skip_nested(begin, end_, depth_max);
  if (stop == nullptr) return false;
  text = {begin, static_cast<std::size_t>(stop - begin)};
  at_ = stop;
  return true;
}

bool JsonHeaderScanner::integer(std::int32_t& into) {
  const char* at = at_;
  std::int32_t number = 0;
  while (at != end_ && at - at_ < digits_surely_in_range && *at >= '0' && *at <= '9')
    number = number * 10 + (*at++ - '0');
  if (at != at_ && at != end_ && ends_scalar(*at)) {
    into = number;
    at_ = at;
    return true;
  }
  std::string_view text;
  Kind kind{};
  if (!value(text, kind)) return false;
  if (kind != Kind::null) return parse_int(text, into);
  into = 0;
  return true;
}

/// By name, or as Java's reader also accepts, by ordinal.
bool JsonHeaderScanner::language() {
  std::string_view text;
  Kind kind{};
  if (!value(text, kind)) return false;
  std::int32_t ordinal = 0;
  if (kind == Kind::scalar && parse_int(text, ordinal)) {
    const bool known = ordinal >= 0 && ordinal <= static_cast<std::int32_t>(Language::node_js);
    into_.language = known ? static_cast<Language>(ordinal) : Language::other;
  } else {
    into_.language = language_of(text);
  }
  return true;
}

}  // namespace gantry::model::protocol

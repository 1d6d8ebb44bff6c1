#include <charconv>

#include "model/protocol/json.h"
#include "model/protocol/json_text.h"

namespace gantry::model::protocol {

namespace {

/// Reads a value and what it holds; its recursion is bounded by the limit on depth.
class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits)
      : at_(text.data()), end_(text.data() + text.size()), limits_(limits) {}

  Result<Json> run() {
    Json value;
    if (!parse(value, 0)) return error_;
    space();
    if (at_ != end_) return Error(Errc::invalid, "a JSON text goes on behind its value");
    return value;
  }

 private:
  bool fail(Errc code, const char* detail) {
    error_ = Error(code, detail);
    return false;
  }
  bool malformed() { return fail(Errc::invalid, "a malformed JSON text"); }
  void space() {
    while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') ++at_;
  }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool parse(Json& into, int depth) {
    space();
    if (at_ == end_) return malformed();
    if (depth >= limits_.depth) return fail(Errc::too_large, "a JSON text is nested too deep");
    if (++values_ > limits_.values) return fail(Errc::too_large, "a JSON text has too many values");
    switch (*at_) {
      case '{': return object(into, depth);
      case '[': return array(into, depth);
      case '"': {
        std::string text;
        if (!quoted(text)) return malformed();
        into = std::move(text);
        return true;
      }
      default: return scalar(into);
    }
  }

  /// Behind an element: a comma and another one, or the end.
  bool more(char bracket, bool& again) {
    space();
    again = take(',');
    return again || take(bracket) || malformed();
  }

  bool array(Json& into, int depth) {
    ++at_;
    Json::Array elements;
    space();
    if (!take(']')) {
      for (bool again = true; again;) {
        if (!parse(elements.emplace_back(), depth + 1) || !more(']', again)) return false;
      }
    }
    into = std::move(elements);
    return true;
  }

  bool object(Json& into, int depth) {
    ++at_;
    Json::Object object;
    space();
    if (!take('}')) {
      for (bool again = true; again;) {
        std::string key;
        if (!read_key(key, object.bare_keys) || !parse(object.members[std::move(key)] = Json(), depth + 1) ||
            !more('}', again))
          return false;
      }
    }
    into = std::move(object);
    return true;
  }

  bool read_key(std::string& key, bool& bare) {
    space();
    if (at_ != end_ && *at_ == '"') {
      if (!quoted(key)) return malformed();
    } else {
      bare = true;
      if (!bare_key(key)) return malformed();
    }
    space();
    return take(':') || malformed();
  }

  /// A number, a word, or an object as it stands.
  bool bare_key(std::string& key) {
    const char* const begin = at_;
    if (at_ != end_ && *at_ == '{') {
      at_ = json_text::skip_nested(at_, end_, json_text::bare_key_depth_max);
      if (at_ == nullptr) {
        at_ = end_;
        return false;
      }
    } else {
      while (at_ != end_ && json_text::is_word(*at_)) ++at_;
    }
    key.assign(begin, at_);
    return !key.empty();
  }

  bool quoted(std::string& text) {
    ++at_;
    for (;;) {
      const char* const stop = json_text::find_quote_or_escape(at_, end_);
      text.append(at_, stop);
      at_ = stop;
      if (at_ == end_) return false;
      if (*at_++ == '"') return true;
      char decoded[4];
      const char* const stop_at = json_text::read_escape(at_, end_, decoded);
      if (stop_at == nullptr) return false;
      text.append(decoded, static_cast<std::size_t>(stop_at - decoded));
    }
  }

  bool scalar(Json& into) {
    const char* const begin = at_;
    while (at_ != end_ && json_text::is_word(*at_)) ++at_;
    const std::string_view word(begin, static_cast<std::size_t>(at_ - begin));
    if (word == "null") {
      into = Json();
    } else if (word == "true") {
      into = true;
    } else if (word == "false") {
      into = false;
    } else {
      return number(word, into);
    }
    return true;
  }

  bool number(std::string_view word, Json& into) {
    const bool starts_as_number =
        !word.empty() && (word.front() == '-' || (word.front() >= '0' && word.front() <= '9'));
    if (!starts_as_number) return malformed();
    const char* const end = word.data() + word.size();
    std::int64_t integer = 0;
    if (const auto [stop, error] = std::from_chars(word.data(), end, integer);
        error == std::errc() && stop == end) {
      into = integer;
      return true;
    }
    double real = 0;
    const auto [stop, error] = std::from_chars(word.data(), end, real);
    const bool is_number = word.find_first_of("0123456789") != std::string_view::npos;
    if (error != std::errc() || stop != end || !is_number) return malformed();
    into = real;
    return true;
  }

  const char* at_;
  const char* const end_;
  const JsonLimits limits_;
  std::size_t values_ = 0;
  Error error_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) return Error(Errc::too_large, "a JSON text is too long");
  return Parser(text, limits).run();
}

}  // namespace gantry::model::protocol

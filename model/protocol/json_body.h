#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/protocol/json_member.h"

/// Values to JSON and back. A type lists its members once, and both ways follow:
///
///     static constexpr auto json_members() {
///       return std::tuple(json_member("perm", &TopicConfig::perm), ...);
///     }
///
/// Reading is as lenient as RocketMQ's own library: members that are missing, null or unknown do not
/// matter (the default stays), numbers may be in texts, a number may stand for a text. What cannot be
/// read as its type makes the whole value unreadable.
namespace gantry::model::protocol {

class Json;

template <class T>
concept HasJsonMembers = requires { T::json_members(); };

/// An enumeration whose names in order of ordinals `json_names(T)` gives, found by its namespace.
template <class T>
concept JsonEnum = std::is_enum_v<T> && requires(T value) { json_names(value); };

/// What a parser may be made to spend. A value takes 64 bytes, twice that while an array grows, and
/// about 160 as a member of an object, however few bytes of text stand for it: their number bounds the
/// memory. The defaults, at most about 40 MB, are for what somebody sends; who knows that a body is
/// small says so, and who has to take more as well.
struct JsonLimits {
  std::size_t bytes = 16u << 20;
  std::size_t values = 200'000;
  int depth = 32;

  /// A few members.
  static constexpr JsonLimits small() { return {.bytes = 64u << 10, .values = 1000, .depth = 8}; }
  /// A file that we wrote ourselves: what was taken to be written has to be read again.
  static constexpr JsonLimits own_file() { return {.bytes = 64u << 20, .values = 4'000'000, .depth = 32}; }
};

struct JsonStyle {
  bool escape_non_ascii = false;  ///< `\uXXXX` for what is not ASCII
  bool quote_all_keys = false;    ///< standard JSON: bare keys get quotes
  bool pretty = false;            ///< a line per member, indented by tabs, as in config/*.json
};

/// The ways between a type and its JSON. json_codec.h defines them, and bodies.cpp compiles them once for the
/// bodies of requests and answers; a body that is missing there is missed by the linker.
template <class T>
struct JsonBody {
  /// False when the value cannot be read as a T; `into` then holds a part of it.
  static bool from(const Json& json, T& into);
  static Json to(const T& value);
  static Result<T> read(Bytes body, const JsonLimits& limits);
  static Buffer write(const T& value, const JsonStyle& style);
  static std::string write_text(const T& value, const JsonStyle& style);
};

/// Reads a body as T. Errors: those of parse_json(), and `invalid` when it is JSON of another shape.
template <class T>
Result<T> read_body(Bytes body, const JsonLimits& limits = {}) {
  return JsonBody<T>::read(body, limits);
}
template <class T>
Result<T> read_body(std::string_view body, const JsonLimits& limits = {}) {
  return JsonBody<T>::read(as_bytes(body), limits);
}

/// The value as a body. Compact unless the style says otherwise; keys in ascending order of their bytes.
template <class T>
Buffer write_body(const T& value, const JsonStyle& style = {}) {
  return JsonBody<T>::write(value, style);
}
/// The same as a text.
template <class T>
std::string write_text(const T& value, const JsonStyle& style = {}) {
  return JsonBody<T>::write_text(value, style);
}

}  // namespace gantry::model::protocol

#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/protocol/json_body.h"

namespace gantry::model::protocol {

/// A JSON value as a body holds it: a small tree, for everything but the hot headers. A value.
///
/// An object may have bare keys, which is how RocketMQ's JSON library writes maps whose keys are no
/// texts: `{0:5}`, and with a whole object as key `{{"queueId":0}:5}`. A key is kept as its text.
class Json {
 public:
  using Array = std::vector<Json>;
  using Members = std::map<std::string, Json, std::less<>>;
  struct Object {
    Members members;
    bool bare_keys = false;  ///< written without quotes; does not matter to equality
    friend bool operator==(const Object& a, const Object& b);
  };

  Json() = default;  // null
  Json(std::same_as<bool> auto value) : value_(value) {}
  Json(double value) : value_(value) {}
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Json(T value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  static Json object(bool bare_keys = false) { return Object{.members = {}, .bare_keys = bare_keys}; }
  static Json array() { return Array{}; }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  /// Null when the value is of another kind.
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&value_); }
  const double* as_double() const { return std::get_if<double>(&value_); }
  const std::string* as_text() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  Array* as_array() { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }
  Object* as_object() { return std::get_if<Object>(&value_); }

  /// The member, or null when there is none or this is no object.
  const Json* find(std::string_view name) const;
  /// Sets a member; this must be an object.
  Json& set(std::string_view name, Json value);
  /// Appends; this must be an array.
  Json& push(Json value);

  friend bool operator==(const Json& a, const Json& b);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Reads one value and white space around it. Beyond JSON it takes what RocketMQ's library writes:
/// bare keys, also whole objects, and raw control characters in texts. Of a repeated key the last
/// counts. Integers beyond 64 bits become doubles. Errors: `invalid`, `too_large` (a limit).
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});
inline Result<Json> parse_json(Bytes body, const JsonLimits& limits = {}) {
  return parse_json(gantry::as_text(body), limits);
}

/// Compact unless the style says otherwise; keys in ascending order of their bytes.
std::string write_json(const Json& value, const JsonStyle& style = {});
Buffer write_json_body(const Json& value, const JsonStyle& style = {});

}  // namespace gantry::model::protocol

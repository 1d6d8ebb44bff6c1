#include "model/protocol/json_codec.h"

#include <charconv>
#include <cmath>

namespace gantry::model::protocol {

bool from_json(const Json& json, bool& into) {
  if (const bool* value = json.as_bool()) {
    into = *value;
  } else if (const std::int64_t* number = json.as_int()) {
    into = *number != 0;
  } else if (const std::string* text = json.as_text()) {
    into = parse_flag(*text);
  } else {
    return false;
  }
  return true;
}

bool from_json(const Json& json, std::int64_t& into) {
  if (const std::int64_t* number = json.as_int()) {
    into = *number;
    return true;
  }
  if (const double* real = json.as_double()) {
    constexpr double edge = 9'223'372'036'854'774'784.0;  // the largest double below 2^63
    if (std::trunc(*real) != *real || *real > edge || *real < -edge) return false;
    into = static_cast<std::int64_t>(*real);
    return true;
  }
  const std::string* const text = json.as_text();
  if (text == nullptr) return false;
  if (text->empty()) return true;  // as absent: the default stays
  const auto number = parse_i64(*text);
  if (number) into = *number;
  return number.has_value();
}

bool from_json(const Json& json, std::int32_t& into) {
  std::int64_t wide = into;
  if (!from_json(json, wide)) return false;
  if (wide < std::numeric_limits<std::int32_t>::min() || wide > std::numeric_limits<std::int32_t>::max())
    return false;
  into = static_cast<std::int32_t>(wide);
  return true;
}

bool from_json(const Json& json, double& into) {
  if (const double* real = json.as_double()) {
    into = *real;
    return true;
  }
  std::int64_t number = 0;
  if (const std::string* text = json.as_text()) {
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, into);
    return error == std::errc() && stop == end;
  }
  if (!from_json(json, number)) return false;
  into = static_cast<double>(number);
  return true;
}

bool from_json(const Json& json, std::string& into) {
  if (const std::string* text = json.as_text()) {
    into = *text;
    return true;
  }
  if (json.as_array() != nullptr || json.as_object() != nullptr || json.is_null()) return false;
  into = write_json(json);
  return true;
}

}  // namespace gantry::model::protocol

#pragma once

#include <concepts>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "model/protocol/field_reader.h"
#include "model/protocol/json.h"
#include "model/protocol/json_body.h"

/// How values become JSON and come back, for whoever defines a type that no header of `bodies` or `route`
/// has. Everybody else calls read_body(), write_body() and write_text() of json_body.h, and need not compile
/// this.
namespace gantry::model::protocol {

// --- to_json -------------------------------------------------------------------------------------

inline Json to_json(bool value) {
  return value;
}
inline Json to_json(const std::string& value) {
  return value;
}
inline Json to_json(const Json& value) {
  return value;
}
template <class T>
  requires std::is_arithmetic_v<T>
Json to_json(T value) {
  return value;
}
template <JsonEnum T>
Json to_json(T value) {
  const auto ordinal = static_cast<std::size_t>(value);
  const auto& names = json_names(value);
  return ordinal < std::size(names) ? Json(names[ordinal]) : Json(static_cast<std::int64_t>(ordinal));
}
template <HasJsonMembers T>
Json to_json(const T& value);
template <class T>
Json to_json(const std::vector<T>& values);
template <class T>
Json to_json(const std::set<T>& values);
template <class Key, class T, class Less>
Json to_json(const std::map<Key, T, Less>& values);

inline std::string json_key(const std::string& key) {
  return key;
}
template <std::integral T>
std::string json_key(T key) {
  return std::to_string(key);
}
/// An object as a key: its own text.
template <HasJsonMembers T>
std::string json_key(const T& key) {
  return write_json(to_json(key));
}

template <HasJsonMembers T>
Json to_json(const T& value) {
  Json::Object object;
  const auto add = [&](const auto& m) {
    if (m.form == JsonMemberForm::unless_default && value.*m.member == T{}.*m.member) return;
    object.members.insert_or_assign(std::string(m.name), to_json(value.*m.member));
  };
  std::apply([&](const auto&... m) { (add(m), ...); }, T::json_members());
  return object;
}

template <class T>
Json to_json(const std::vector<T>& values) {
  Json::Array array;
  array.reserve(values.size());
  for (const T& value : values) array.push_back(to_json(value));
  return array;
}

template <class T>
Json to_json(const std::set<T>& values) {
  Json::Array array;
  for (const T& value : values) array.push_back(to_json(value));
  return array;
}

template <class Key, class T, class Less>
Json to_json(const std::map<Key, T, Less>& values) {
  Json::Object object{.members = {}, .bare_keys = !std::same_as<Key, std::string>};
  for (const auto& [key, value] : values) object.members.emplace(json_key(key), to_json(value));
  return object;
}

// --- from_json ---------------------------------------------------------------------------------------
/// These read a value, and are false when it cannot be read as that type; then `into` may hold a part of it.
/// A member that is absent or null keeps the value that `into` has; a vector, set or map is emptied first.

bool from_json(const Json& json, bool& into);
bool from_json(const Json& json, std::int32_t& into);
bool from_json(const Json& json, std::int64_t& into);
bool from_json(const Json& json, double& into);
bool from_json(const Json& json, std::string& into);
inline bool from_json(const Json& json, Json& into) {
  into = json;
  return true;
}
/// By name, or by ordinal as C++ clients write it.
template <JsonEnum T>
bool from_json(const Json& json, T& into) {
  const auto& names = json_names(into);
  if (const std::string* text = json.as_text()) {
    for (std::size_t i = 0; i < std::size(names); ++i) {
      if (names[i] != *text) continue;
      into = static_cast<T>(i);
      return true;
    }
  }
  std::int64_t ordinal = -1;
  if (!from_json(json, ordinal) || ordinal < 0 || static_cast<std::size_t>(ordinal) >= std::size(names))
    return false;
  into = static_cast<T>(ordinal);
  return true;
}
template <HasJsonMembers T>
bool from_json(const Json& json, T& into);
template <class T>
bool from_json(const Json& json, std::vector<T>& into);
template <class T>
bool from_json(const Json& json, std::set<T>& into);
template <class Key, class T, class Less>
bool from_json(const Json& json, std::map<Key, T, Less>& into);

inline bool from_json_key(const std::string& key, std::string& into) {
  into = key;
  return true;
}
inline bool from_json_key(const std::string& key, std::int32_t& into) {
  const auto number = parse_i32(key);
  into = number.value_or(0);
  return number.has_value();
}
inline bool from_json_key(const std::string& key, std::int64_t& into) {
  const auto number = parse_i64(key);
  into = number.value_or(0);
  return number.has_value();
}
template <HasJsonMembers T>
bool from_json_key(const std::string& key, T& into) {
  const auto json = parse_json(key, {.bytes = 64 * 1024, .values = 1000, .depth = 8});
  return json && from_json(*json, into);
}

template <HasJsonMembers T>
bool from_json(const Json& json, T& into) {
  if (json.as_object() == nullptr) return false;
  const auto read = [&](const auto& m) {
    const Json* const value = json.find(m.name);
    return value == nullptr || value->is_null() || from_json(*value, into.*m.member);
  };
  return std::apply([&](const auto&... m) { return (read(m) && ...); }, T::json_members());
}

template <class T>
bool from_json(const Json& json, std::vector<T>& into) {
  const Json::Array* const array = json.as_array();
  if (array == nullptr) return false;
  into.clear();
  for (const Json& element : *array)
    if (!from_json(element, into.emplace_back())) return false;
  return true;
}

template <class T>
bool from_json(const Json& json, std::set<T>& into) {
  const Json::Array* const array = json.as_array();
  if (array == nullptr) return false;
  into.clear();
  for (const Json& element : *array) {
    T value{};
    if (!from_json(element, value)) return false;
    into.insert(std::move(value));
  }
  return true;
}

template <class Key, class T, class Less>
bool from_json(const Json& json, std::map<Key, T, Less>& into) {
  const Json::Object* const object = json.as_object();
  if (object == nullptr) return false;
  into.clear();
  for (const auto& [text, element] : object->members) {
    Key key{};
    if (!from_json_key(text, key) || !from_json(element, into[std::move(key)])) return false;
  }
  return true;
}

// --- bodies --------------------------------------------------------------------------------------

template <class T>
bool JsonBody<T>::from(const Json& json, T& into) {
  return from_json(json, into);
}

template <class T>
Json JsonBody<T>::to(const T& value) {
  return to_json(value);
}

template <class T>
Result<T> JsonBody<T>::read(Bytes body, const JsonLimits& limits) {
  const auto json = parse_json(body, limits);
  if (!json) return json.error();
  T value{};
  if (!from_json(*json, value)) return Error(Errc::invalid, "a JSON body of another shape than expected");
  return value;
}

template <class T>
Buffer JsonBody<T>::write(const T& value, const JsonStyle& style) {
  return write_json_body(to_json(value), style);
}

template <class T>
std::string JsonBody<T>::write_text(const T& value, const JsonStyle& style) {
  return write_json(to_json(value), style);
}

}  // namespace gantry::model::protocol

// The hand-written header scanner against a JSON library, on generated headers: keys in any order,
// escapes in any form, values of any type, nested values that nobody asked for.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>

#include "model/base/utf8.h"
#include "model/protocol/command.h"
#include "model/protocol/field_reader.h"

namespace gantry::model::protocol {
namespace {

namespace json = boost::json;

std::string hex_escape(unsigned unit) {
  const bool upper = *rc::gen::arbitrary<bool>();
  char text[7];
  std::snprintf(text, sizeof text, upper ? "\\u%04X" : "\\u%04x", unit);
  return text;
}

/// One character of a JSON text, plain or escaped in one of its forms.
std::string character() {
  switch (*rc::gen::inRange(0, 6)) {
    case 0: return *rc::gen::element<std::string>("\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t");
    case 1: return hex_escape(*rc::gen::inRange(0u, 0xD800u));
    case 2: {
      const std::string high = hex_escape(*rc::gen::inRange(0xD800u, 0xDC00u));
      return high + hex_escape(*rc::gen::inRange(0xDC00u, 0xE000u));
    }
    case 3:
      return *rc::gen::element<std::string>("\u00e9", "\u4e2d", "\U0001F680", "{", "}", "[", "]", ":", ",");
    default: return *rc::gen::container<std::string>(rc::gen::inRange('a', '{'));
  }
}

std::string quoted_text() {
  std::string text = "\"";
  for (int i = *rc::gen::inRange(0, 12); i > 0; --i) text += character();
  return text + '"';
}

std::string space() {
  return *rc::gen::element<std::string>("", "", "", " ", "\n", "\t ");
}

std::string number() {
  return std::to_string(*rc::gen::inRange(-100000, 100000));
}

std::string scalar() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0: return number();
    case 1: return *rc::gen::element<std::string>("true", "false");
    case 2: return "null";
    default: return quoted_text();
  }
}

std::string any_value(int depth) {
  const int kind = depth == 0 ? 0 : *rc::gen::inRange(0, 3);
  if (kind == 0) return scalar();
  std::string text = kind == 1 ? "[" : "{";
  const int count = *rc::gen::inRange(0, 3);
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += "," + space();
    if (kind == 2) text += quoted_text() + space() + ":";
    text += space() + any_value(depth - 1);
  }
  return text + (kind == 1 ? "]" : "}");
}

std::string extension_fields() {
  std::string text = "{";
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += ",";
    text += space() + quoted_text() + space() + ":" + space() + scalar();
  }
  return text + space() + "}";
}

std::string member() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0: return R"("code":)" + space() + number();
    case 1: return R"("opaque":)" + number();
    case 2: return R"("flag":")" + number() + "\"";
    case 3: return R"("version":)" + number();
    case 4: return R"("remark":)" + *rc::gen::element<std::string>("null", quoted_text());
    case 5:
      return R"("language":)" + *rc::gen::element<std::string>("\"GO\"", "\"CPP\"", "9", "0", "\"KLINGON\"");
    case 6: return R"("extFields":)" + extension_fields();
    default: return quoted_text() + space() + ":" + space() + any_value(3);
  }
}

std::string header() {
  std::string text = space() + "{";
  const int count = *rc::gen::inRange(0, 9);
  for (int i = 0; i < count; ++i) text += (i > 0 ? "," : "") + space() + member();
  return text + space() + "}" + space();
}

Buffer frame_of(std::string_view text) {
  Buffer frame;
  ByteWriter to(frame);
  to.i32(static_cast<std::int32_t>(4 + text.size()));
  to.i32(static_cast<std::int32_t>(text.size()));
  to.text(text);
  return frame;
}

/// A value of an extension field as text.
std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

std::int32_t number_of(const json::object& object, const char* name) {
  const json::value* const value = object.if_contains(name);
  return value == nullptr ? 0 : std::stoi(text_of(*value));
}

RC_GTEST_PROP(HeaderScanner, UnderstandsWhatAJsonLibraryUnderstands, ()) {
  const std::string text = header();
  const json::object expected = json::parse(text).as_object();  // of repeated keys the last counts
  const Buffer frame = frame_of(text);
  CommandView view;
  RC_ASSERT(decode(frame, view).has_value());
  RC_ASSERT(view.code == number_of(expected, "code"));
  RC_ASSERT(view.opaque == number_of(expected, "opaque"));
  RC_ASSERT(view.flag == number_of(expected, "flag"));
  RC_ASSERT(view.version == number_of(expected, "version"));
  const json::value* const remark = expected.if_contains("remark");
  RC_ASSERT(view.remark == (remark == nullptr || remark->is_null() ? "" : text_of(*remark)));
  std::map<std::string, std::string> fields;
  if (const json::value* const ext = expected.if_contains("extFields")) {
    for (const auto& [name, value] : ext->as_object())
      if (!value.is_null()) fields[std::string(name)] = text_of(value);
  }
  std::set<std::string_view> names;
  for (const auto& [name, value] : view.fields()) names.insert(name);
  for (const auto& [name, value] : fields) RC_ASSERT(view.field(name) == value);
  for (const std::string_view name : names) {
    const bool overwritten_by_null = !fields.contains(std::string(name));
    RC_ASSERT(!overwritten_by_null || expected.at("extFields").as_object().at(name).is_null());
  }
}

/// Whether what a library read has the shape of a header: its numbers are numbers, its fields an object.
bool is_header(const json::value& value) {
  const auto* const object = value.if_object();
  if (object == nullptr) return false;
  for (const char* name : {"code", "opaque", "flag", "version"}) {
    const json::value* const number = object->if_contains(name);
    if (number == nullptr || number->is_int64()) continue;
    if (!number->is_string() || !parse_i32(std::string_view(number->as_string()))) return false;
  }
  const json::value* const fields = object->if_contains("extFields");
  return fields == nullptr || fields->is_null() || fields->is_object();
}

/// Then the library has kept the last value only, and the scanner has read a wrong one before it.
bool says_twice(std::string_view text) {
  for (const std::string_view name : {"\"code\"", "\"opaque\"", "\"flag\"", "\"version\"", "\"extFields\""})
    if (text.find(name) != text.rfind(name)) return true;
  return false;
}

RC_GTEST_PROP(HeaderScanner, SurvivesDamagedHeadersAndTakesNoLessThanALibrary, ()) {
  std::string text = header();
  for (int changes = *rc::gen::inRange(1, 4); changes > 0 && !text.empty(); --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    if (*rc::gen::arbitrary<bool>()) {
      text[at] = *rc::gen::element('"', '\\', '{', '}', ',', ':', 'u', '\0', '\xff');
    } else {
      text.resize(at);
    }
  }
  RC_LOG(text);
  CommandView view;
  const Buffer frame = frame_of(text);
  json::error_code not_json;
  const json::value library = json::parse(text, not_json);
  const bool decoded = decode(frame, view).has_value();
  RC_ASSERT(decoded || not_json || !is_header(library) || says_twice(text));
  if (decoded) {
    Command command = view.to_command();
    if (!is_utf8(command.remark)) command.remark = to_utf8(command.remark);  // as it is sent
    CommandView again;
    const Buffer encoded = encode(command);
    RC_ASSERT(decode(encoded, again).has_value());
    RC_ASSERT(again.to_command() == command);
  }
}

RC_GTEST_PROP(HeaderScanner, OneViewServesFrameAfterFrame, ()) {
  CommandView reused;
  for (int i = 0; i < 5; ++i) {
    const Buffer frame = frame_of(header());
    CommandView fresh;
    RC_ASSERT(decode(frame, fresh).has_value());
    RC_ASSERT(decode(frame, reused).has_value());
    RC_ASSERT(reused.to_command() == fresh.to_command());
  }
}

}  // namespace
}  // namespace gantry::model::protocol

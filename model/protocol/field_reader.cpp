#include "model/protocol/field_reader.h"

#include <charconv>

namespace gantry::model::protocol {

namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int32_t> parse_i32(std::string_view text) {
  return parse_number<std::int32_t>(text);
}
std::optional<std::int64_t> parse_i64(std::string_view text) {
  return parse_number<std::int64_t>(text);
}

bool parse_flag(std::string_view text) {
  constexpr std::string_view yes = "true";
  if (text.size() != yes.size()) return false;
  for (std::size_t i = 0; i < yes.size(); ++i)
    if ((text[i] | 0x20) != yes[i]) return false;
  return true;
}

std::string FieldError::text() const {
  return std::string("the custom field <") + name + (missing ? "> is null" : "> is not a number in range");
}

std::optional<std::string_view> FieldReader::find(const char* name) const {
  return view_ != nullptr ? view_->field(name) : command_->fields.get(name);
}

std::optional<std::string_view> FieldReader::find_required(const char* name) {
  auto found = find(name);
  if (!found) fail(name, true);
  return found;
}

template <class Number>
Number FieldReader::parse(const char* name, std::string_view text) {
  const auto number = parse_number<Number>(text);
  if (!number) fail(name, false);
  return number.value_or(0);
}

std::string_view FieldReader::text(const char* name) {
  return find_required(name).value_or(std::string_view());
}

std::string_view FieldReader::name(const char* name) {
  const std::string_view found = text(name);
  if (found.empty()) fail(name, true);
  return found;
}

std::string_view FieldReader::text_or(const char* name, std::string_view otherwise) {
  const auto found = find(name);
  return found && !found->empty() ? *found : otherwise;
}

std::int32_t FieldReader::i32(const char* name) {
  const auto found = find_required(name);
  return found ? parse<std::int32_t>(name, *found) : 0;
}

std::int32_t FieldReader::i32_or(const char* name, std::int32_t otherwise) {
  return i32_if(name).value_or(otherwise);
}

std::optional<std::int32_t> FieldReader::i32_if(const char* name) {
  const auto found = find(name);
  if (!found || found->empty()) return std::nullopt;
  return parse<std::int32_t>(name, *found);
}

std::int64_t FieldReader::i64(const char* name) {
  const auto found = find_required(name);
  return found ? parse<std::int64_t>(name, *found) : 0;
}

std::int64_t FieldReader::i64_or(const char* name, std::int64_t otherwise) {
  const auto found = find(name);
  return found && !found->empty() ? parse<std::int64_t>(name, *found) : otherwise;
}

bool FieldReader::flag(const char* name) {
  const auto found = find_required(name);
  return found && parse_flag(*found);
}

bool FieldReader::flag_or(const char* name, bool otherwise) {
  const auto found = find(name);
  return found && !found->empty() ? parse_flag(*found) : otherwise;
}

HeaderResult<std::string_view> require_text(const CommandView& from, const char* name) {
  FieldReader in(from);
  const std::string_view text = in.text(name);
  if (in.error()) return *in.error();
  return text;
}

HeaderResult<std::int32_t> require_int(const CommandView& from, const char* name) {
  FieldReader in(from);
  const std::int32_t number = in.i32(name);
  if (in.error()) return *in.error();
  return number;
}

HeaderResult<std::int64_t> require_long(const CommandView& from, const char* name) {
  FieldReader in(from);
  const std::int64_t number = in.i64(name);
  if (in.error()) return *in.error();
  return number;
}

}  // namespace gantry::model::protocol

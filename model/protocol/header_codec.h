#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <tuple>

#include "model/protocol/field_reader.h"
#include "model/protocol/header_fields.h"

/// How HeaderFields reads and writes, for the .cpp files that compile it.
namespace gantry::model::protocol {

template <FieldForm form, class T>
void read_field(FieldReader& in, const char* name, T& into) {
  constexpr bool required = form == FieldForm::required;
  if constexpr (form == FieldForm::name) into = in.name(name);
  else if constexpr (std::same_as<T, std::string_view>)
    into = required ? in.text(name) : in.text_or(name, into);
  else if constexpr (std::same_as<T, std::int32_t>) into = required ? in.i32(name) : in.i32_or(name, into);
  else if constexpr (std::same_as<T, std::int64_t>) into = required ? in.i64(name) : in.i64_or(name, into);
  else if constexpr (std::same_as<T, bool>) into = required ? in.flag(name) : in.flag_or(name, into);
  else into = in.i32_if(name);
}

template <FieldForm form, class T>
void write_field(Fields& to, const char* name, const T& value) {
  if constexpr (std::same_as<T, std::optional<std::int32_t>>) {
    if (value) to.add(name, *value);
  } else if constexpr (form == FieldForm::optional && std::same_as<T, std::string_view>) {
    if (!value.empty()) to.add(name, value);
  } else {
    if (form != FieldForm::mark || value != T{}) to.add(name, value);
  }
}

template <HasFields Header>
Header HeaderFields<Header>::read(FieldReader& in) {
  Header header;
  const auto one = [&]<FieldForm form, class T>(const HeaderField<form, Header, T>& field) {
    read_field<form>(in, field.name, header.*field.member);
  };
  std::apply([&](const auto&... field) { (one(field), ...); }, Header::fields());
  return header;
}

template <HasFields Header>
void HeaderFields<Header>::write(const Header& header, Fields& to) {
  const auto one = [&]<FieldForm form, class T>(const HeaderField<form, Header, T>& field) {
    write_field<form>(to, field.name, header.*field.member);
  };
  std::apply([&](const auto&... field) { (one(field), ...); }, Header::fields());
}

}  // namespace gantry::model::protocol

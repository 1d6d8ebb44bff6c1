#pragma once

#include <cstdint>
#include <tuple>

#include "model/protocol/command.h"

/// The fields of a request's or an answer's header. A header lists them once, in the order in which they are
/// written, and reading and writing follow:
///
///     static constexpr auto fields() {
///       return std::tuple(name_field("topic", &QueueHeader::topic), field("queueId",
///       &QueueHeader::queue_id));
///     }
///
/// The few headers that every message meets, and those that tell a story of their own, have `read()` and
/// `write()` written by hand instead.
namespace gantry::model::protocol {

class FieldReader;

enum class FieldForm : std::uint8_t {
  required,  ///< has to be there; always written
  name,      ///< a text that has to be there and not be empty; always written
  optional,  ///< its member's default stands when it is absent or empty; a number that is not set and an
             ///< empty text are not written
  mark,      ///< a flag that is false when it is absent, and written only when it is true
};

template <FieldForm form, class Header, class T>
struct HeaderField {
  const char* name;
  T Header::* member;
};

template <class Header, class T>
constexpr HeaderField<FieldForm::required, Header, T> field(const char* name, T Header::* member) {
  return {name, member};
}
template <class Header, class T>
constexpr HeaderField<FieldForm::name, Header, T> name_field(const char* name, T Header::* member) {
  return {name, member};
}
template <class Header, class T>
constexpr HeaderField<FieldForm::optional, Header, T> optional_field(const char* name, T Header::* member) {
  return {name, member};
}
template <class Header>
constexpr HeaderField<FieldForm::mark, Header, bool> mark_field(const char* name, bool Header::* member) {
  return {name, member};
}

template <class Header>
concept HasFields = requires { Header::fields(); };

/// The ways between a header and its fields. header_codec.h defines them, and the .cpp beside each header
/// that lists its fields compiles them once; a header that is missing there is missed by the linker.
template <HasFields Header>
struct HeaderFields {
  static Header read(FieldReader& in);
  static void write(const Header& header, Fields& to);
};

/// Adds the fields of `header`.
template <class Header>
void write_fields(const Header& header, Fields& to) {
  if constexpr (HasFields<Header>) HeaderFields<Header>::write(header, to);
  else header.write(to);
}

}  // namespace gantry::model::protocol

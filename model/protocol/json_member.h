#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

/// How a type lists the members that it has in JSON. It takes no JSON to say so: json_codec.h reads and
/// writes whatever is listed.
namespace gantry::model::protocol {

enum class JsonMemberForm : std::uint8_t {
  always,
  unless_default,  ///< left out when it has the value of a fresh object: what Java leaves null
};

template <class Class, class T>
struct JsonMember {
  std::string_view name;
  T Class::* member;
  JsonMemberForm form;
};

template <class Class, class T>
constexpr JsonMember<Class, T> json_member(std::string_view name, T Class::* member,
                                           JsonMemberForm form = JsonMemberForm::always) {
  return {name, member, form};
}

}  // namespace gantry::model::protocol

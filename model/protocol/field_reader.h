#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "model/base/invariant.h"
#include "model/protocol/command.h"
#include "model/protocol/header_fields.h"

namespace gantry::model::protocol {

/// Which extension field of a header is wrong. `name` has static storage.
struct FieldError {
  const char* name = "";
  bool missing = true;
  /// The remark that the peer gets with code 1: `the custom field <name> is null`, as RocketMQ's
  /// text ends, or that it is no number.
  std::string text() const;
  friend bool operator==(const FieldError& a, const FieldError& b) {
    return std::string_view(a.name) == b.name && a.missing == b.missing;
  }
};

[[noreturn]] inline void throw_exception_from_error(const FieldError& error, const boost::source_location&) {
  invariant_failed(error.name);
}

template <class Header>
using HeaderResult = boost::system::result<Header, FieldError>;

/// Reads extension fields one by one and remembers the first that is wrong, so that a header is read
/// straight through and checked once. Texts are views into what is read from.
///
/// Numbers are decimal, whole and in range. An optional field that is empty counts as absent: Go and
/// C++ clients send empty texts for what they leave out. A bool is true for `true` in any case.
class FieldReader {
 public:
  explicit FieldReader(const CommandView& from) : view_(&from) {}
  explicit FieldReader(const Command& from) : command_(&from) {}

  std::string_view text(const char* name);
  /// A text that names something, and is not empty: an empty one counts as null, as in the binary form.
  std::string_view name(const char* name);
  std::string_view text_or(const char* name, std::string_view otherwise = {});
  std::int32_t i32(const char* name);
  std::int32_t i32_or(const char* name, std::int32_t otherwise);
  std::optional<std::int32_t> i32_if(const char* name);
  std::int64_t i64(const char* name);
  std::int64_t i64_or(const char* name, std::int64_t otherwise);
  bool flag(const char* name);
  bool flag_or(const char* name, bool otherwise = false);

  /// The first field that was wrong.
  const std::optional<FieldError>& error() const { return error_; }
  /// Used by readers of their own: keeps the first.
  void fail(const char* name, bool missing) {
    if (!error_) error_ = FieldError{name, missing};
  }

 private:
  std::optional<std::string_view> find(const char* name) const;
  std::optional<std::string_view> find_required(const char* name);
  template <class Number>
  Number parse(const char* name, std::string_view text);

  const CommandView* view_ = nullptr;
  const Command* command_ = nullptr;
  std::optional<FieldError> error_;
};

/// Strict decimal: the whole text, in range, no sign but `-`.
std::optional<std::int32_t> parse_i32(std::string_view text);
std::optional<std::int64_t> parse_i64(std::string_view text);
/// Whether the text is `true`, in any case; any other text is false.
bool parse_flag(std::string_view text);

/// Reads a header that lists its fields or has `static Header read(FieldReader&)`, from a CommandView or a
/// Command.
template <class Header, class From>
HeaderResult<Header> read_header(const From& from) {
  FieldReader in(from);
  Header header = [&] {
    if constexpr (HasFields<Header>) return HeaderFields<Header>::read(in);
    else return Header::read(in);
  }();
  if (in.error()) return *in.error();
  return header;
}

/// One required field, for those who need no more.
HeaderResult<std::string_view> require_text(const CommandView& from, const char* name);
HeaderResult<std::int32_t> require_int(const CommandView& from, const char* name);
HeaderResult<std::int64_t> require_long(const CommandView& from, const char* name);

/// A request with the fields of `header`, which lists them or has `void write(Fields&) const`.
template <class Header>
Command request_with(RequestCode code, const Header& header) {
  Command command = Command::request(code);
  command.fields.reserve(16);
  write_fields(header, command.fields);
  return command;
}
/// An answer with the fields of `header`.
template <class Header>
Command response_with(ResponseCode code, const Header& header, std::string_view remark = {}) {
  Command command = Command::response(code, remark);
  command.fields.reserve(8);
  write_fields(header, command.fields);
  return command;
}

}  // namespace gantry::model::protocol

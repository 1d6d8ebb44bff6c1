#include <charconv>
#include <cstring>

#include "model/base/utf8.h"
#include "model/protocol/binary_header.h"
#include "model/protocol/command.h"
#include "model/protocol/json_text.h"

namespace gantry::model::protocol {

namespace {

char* put(std::string_view text, char* to) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char* put(std::int32_t number, char* to) {
  return std::to_chars(to, to + 11, number).ptr;
}

char* put_quoted(std::string_view text, char* to) {
  *to++ = '"';
  to = json_text::write_escaped(text, to);
  *to++ = '"';
  return to;
}

/// Room for a text when it is escaped. To count it is to look at each character, as writing it does again; to
/// have room for the worst of a short text costs next to nothing.
std::size_t escaped_size_max(std::string_view text) {
  constexpr std::size_t counted_from = 2048;
  return text.size() < counted_from ? 6 * text.size() : json_text::escaped_size(text);
}

std::size_t json_size_max(const Command& command, std::string_view remark) {
  std::size_t size = 192 + escaped_size_max(remark);
  for (const auto& [name, value] : command.fields.entries())
    size += 6 + escaped_size_max(name) + escaped_size_max(value);
  return size;
}

/// Compact, keys in alphabetical order, as RocketMQ's own encoder writes them.
char* put_json(const Command& command, std::string_view remark, char* to) {
  to = put(R"({"code":)", to);
  to = put(command.code, to);
  if (!command.fields.empty() || command.is_response()) {
    to = put(R"(,"extFields":{)", to);
    for (const auto& [name, value] : command.fields.entries()) {
      to = put_quoted(name, to);
      *to++ = ':';
      to = put_quoted(value, to);
      *to++ = ',';
    }
    if (!command.fields.empty()) --to;
    *to++ = '}';
  }
  to = put(R"(,"flag":)", to);
  to = put(command.flag, to);
  to = put(R"(,"language":")", to);
  to = put(name_of(command.language), to);
  to = put(R"(","opaque":)", to);
  to = put(command.opaque, to);
  if (!remark.empty()) {
    to = put(R"(,"remark":)", to);
    to = put_quoted(remark, to);
  }
  to = put(R"(,"version":)", to);
  to = put(command.version, to);
  *to++ = '}';
  return to;
}

void encode_json_header(const Command& command, std::string_view remark, Buffer& out) {
  const std::size_t before = out.size();
  out.resize(before + json_size_max(command, remark));
  char* const begin = reinterpret_cast<char*>(out.data() + before);
  const char* const end = put_json(command, remark, begin);
  out.resize(before + static_cast<std::size_t>(end - begin));
}

void encode_header(const Command& command, SerializeType type, Buffer& out) {
  // It may quote a request, and what is no UTF-8 is no JSON.
  const std::string mended = is_utf8(command.remark) ? std::string() : to_utf8(command.remark);
  const std::string_view remark = first_of_utf8(mended.empty() ? command.remark : mended, remark_bytes_max);
  if (type == SerializeType::json) encode_json_header(command, remark, out);
  else encode_binary_header(command, remark, out);
}

/// What goes in place of a command whose fields do not fit a header.
Command without_fields(const Command& command) {
  Command small{.code = command.code,
                .language = command.language,
                .version = command.version,
                .opaque = command.opaque,
                .flag = command.flag,
                .remark = "the header does not fit a frame"};
  if (command.is_response()) small.code = static_cast<std::int32_t>(ResponseCode::system_error);
  return small;
}

}  // namespace

void encode_head(const Command& command, SerializeType type, Buffer& out) {
  const std::size_t start = out.size();
  ByteWriter to(out);
  to.i64(0);  // both words, known when the header is written
  encode_header(command, type, out);
  if (out.size() - start - 8 > header_bytes_max) {
    out.resize(start + 8);
    encode_header(without_fields(command), type, out);
  }
  const std::size_t header = out.size() - start - 8;
  invariant(header <= header_bytes_max, "a header without fields is short");
  to.i32_at(start, static_cast<std::int32_t>(4 + header + command.body.size()));
  to.i32_at(start + 4, static_cast<std::int32_t>(static_cast<std::uint32_t>(type) << 24 | header));
}

Buffer encode(const Command& command, SerializeType type) {
  Buffer out;
  encode_head(command, type, out);
  out.insert(out.end(), command.body.begin(), command.body.end());
  return out;
}

}  // namespace gantry::model::protocol

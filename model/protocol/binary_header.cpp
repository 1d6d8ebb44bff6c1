#include "model/protocol/binary_header.h"

#include <limits>

namespace gantry::model::protocol {

namespace {

bool fits(const Fields::Entry& entry) {
  return entry.first.size() <= static_cast<std::size_t>(std::numeric_limits<std::int16_t>::max());
}

}  // namespace

bool decode_binary_header(Bytes header, CommandView& into) {
  ByteReader in(header);
  into.code = in.i16();
  const std::uint8_t ordinal = in.u8();
  into.language = ordinal <= static_cast<std::uint8_t>(Language::node_js) ? static_cast<Language>(ordinal)
                                                                          : Language::other;
  into.version = in.i16();
  into.opaque = in.i32();
  into.flag = in.i32();
  into.remark = in.text(in.i32());
  ByteReader fields(in.bytes(in.i32()));
  if (!in.ok()) return false;
  while (!fields.rest().empty()) {
    const std::string_view name = fields.text(fields.i16());
    const std::string_view value = fields.text(fields.i32());
    if (!fields.ok()) return false;
    if (name.empty() || value.empty()) continue;  // this form has no empty text: it stands for null
    if (into.fields_.size() == fields_max) return false;
    into.fields_.emplace_back(name, value);
  }
  return true;
}

void encode_binary_header(const Command& command, std::string_view remark, Buffer& out) {
  ByteWriter to(out);
  to.i16(static_cast<std::int16_t>(command.code));
  to.u8(static_cast<std::uint8_t>(command.language));
  to.i16(static_cast<std::int16_t>(command.version));
  to.i32(command.opaque);
  to.i32(command.flag);
  to.i32(static_cast<std::int32_t>(remark.size()));
  to.text(remark);
  const std::size_t length_at = to.size();
  to.i32(0);
  for (const Fields::Entry& entry : command.fields.entries()) {
    if (!fits(entry)) continue;
    to.i16(static_cast<std::int16_t>(entry.first.size()));
    to.text(entry.first);
    to.i32(static_cast<std::int32_t>(entry.second.size()));
    to.text(entry.second);
  }
  to.i32_at(length_at, static_cast<std::int32_t>(to.size() - length_at - 4));
}

}  // namespace gantry::model::protocol

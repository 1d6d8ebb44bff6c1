#pragma once

#include "model/protocol/headers.h"
#include "tests/fuzz/input.h"

namespace gantry::fuzz {

/// A frame around header bytes, which is decoded, read by typed headers, and encoded again: what was
/// understood once must be understood the same way after both encodings.
inline void decode_header(Bytes header, model::protocol::SerializeType type) {
  using namespace model::protocol;
  Buffer frame;
  ByteWriter to(frame);
  to.i32(static_cast<std::int32_t>(4 + header.size()));
  to.i32(static_cast<std::int32_t>(static_cast<std::uint32_t>(type) << 24 | header.size()));
  to.bytes(header);
  CommandView view;
  if (!decode(frame, view)) return;
  if (const auto send = read_send_header(view)) {
    Fields fields;
    send->write_v2(fields);
  }
  (void)read_header<PullHeader>(view).has_value();
  (void)read_header<RegisterBrokerHeader>(view).has_value();
  (void)read_header<QueryMessageHeader>(view).has_value();
  const Command command = view.to_command();
  const Buffer again = encode(command);
  CommandView second;
  const bool decoded = decode(again, second).has_value();
  invariant(decoded, "what we encode we decode");
  if (command.remark.size() <= remark_bytes_max)
    invariant(second.to_command() == command, "a command survives its own encoding");
}

}  // namespace gantry::fuzz

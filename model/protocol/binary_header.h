#pragma once

#include <cstddef>

#include "model/protocol/command.h"

namespace gantry::model::protocol {

/// The header form that RocketMQ calls ROCKETMQ, upstream RocketMQSerializable.java: 21 bytes of
/// numbers and lengths, the remark, and the fields. False when lengths do not fit the header.
bool decode_binary_header(Bytes header, CommandView& into);

/// Appends the header of `command`, whose remark is given apart because it may be cut.
void encode_binary_header(const Command& command, std::string_view remark, Buffer& out);

}  // namespace gantry::model::protocol

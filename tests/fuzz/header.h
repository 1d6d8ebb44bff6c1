#pragma once

#include "model/base/utf8.h"
#include "model/protocol/headers.h"
#include "tests/fuzz/input.h"

namespace gantry::fuzz {

template <class... Headers>
struct HeaderList {};
/// All typed headers but that of a send, which has a reader of its own.
using TypedHeaders = HeaderList<
    model::protocol::CreateTopicHeader, model::protocol::TopicHeader, model::protocol::DeleteGroupHeader,
    model::protocol::ProducerGroupHeader, model::protocol::ConsumeStatsHeader,
    model::protocol::TopicGroupHeader, model::protocol::CorrectionOffsetHeader,
    model::protocol::CloneGroupOffsetHeader, model::protocol::BrokerStatsHeader,
    model::protocol::ConsumeQueueHeader, model::protocol::QueryMessageHeader,
    model::protocol::QueryMessageResponseHeader, model::protocol::ViewMessageHeader,
    model::protocol::PullHeader, model::protocol::PullResponseHeader,
    model::protocol::QueryConsumerOffsetHeader, model::protocol::UpdateConsumerOffsetHeader,
    model::protocol::SearchOffsetHeader, model::protocol::QueueHeader, model::protocol::OffsetResponseHeader,
    model::protocol::TimestampResponseHeader, model::protocol::UnregisterClientHeader,
    model::protocol::GroupHeader, model::protocol::ResetOffsetHeader, model::protocol::ConsumerStatusHeader,
    model::protocol::ConsumerRunningInfoHeader, model::protocol::ConsumeDirectlyHeader,
    model::protocol::RegisterBrokerHeader, model::protocol::RegisterBrokerResponseHeader,
    model::protocol::BrokerHeader, model::protocol::QueryDataVersionResponseHeader,
    model::protocol::RouteInfoHeader, model::protocol::PutKvConfigHeader, model::protocol::KvConfigHeader,
    model::protocol::KvConfigResponseHeader, model::protocol::KvListHeader, model::protocol::BrokerNameHeader,
    model::protocol::WipeWritePermResponseHeader, model::protocol::AddWritePermResponseHeader,
    model::protocol::DeleteTopicInNamesrvHeader, model::protocol::TopicsByClusterHeader,
    model::protocol::SendResponseHeader, model::protocol::SendBackHeader,
    model::protocol::EndTransactionHeader, model::protocol::CheckTransactionStateHeader,
    model::protocol::PushReplyHeader>;

template <class Header>
void read_and_write(const model::protocol::CommandView& view) {
  const auto header = model::protocol::read_header<Header>(view);
  if (!header) return;
  model::protocol::Command written;
  write_fields(*header, written.fields);
}

template <class... Headers>
void read_and_write_all(HeaderList<Headers...>, const model::protocol::CommandView& view) {
  (read_and_write<Headers>(view), ...);
}

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
  read_and_write_all(TypedHeaders{}, view);
  Command command = view.to_command();
  if (!is_utf8(command.remark)) command.remark = to_utf8(command.remark);  // as it is sent
  const Buffer again = encode(command);
  CommandView second;
  const bool decoded = decode(again, second).has_value();
  invariant(decoded, "what we encode we decode");
  if (command.remark.size() <= remark_bytes_max)
    invariant(second.to_command() == command, "a command survives its own encoding");
}

}  // namespace gantry::fuzz

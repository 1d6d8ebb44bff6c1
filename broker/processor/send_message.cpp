#include "broker/processor/send_message.h"

#include <string>
#include <utility>

#include "broker/door/answers.h"

namespace gantry::broker::processor {
namespace {

using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::RequestCode;
using model::protocol::ResponseCode;
using model::protocol::SendHeader;
using runtime::remoting::Responder;
using sending::Outcome;
using sending::Sent;

/// From here on requests say how often a group may retry (3.4.9).
constexpr std::int32_t version_with_max_reconsume_times = 121;

/// A peer without an address of IPv4 is stored as 0.0.0.0.
model::message::Host born_host_of(const runtime::Endpoint& peer) {
  const auto born = model::message::host_of(peer.host, peer.port);
  return born && !born->v6 ? *born : model::message::Host{};
}

}  // namespace

SendMessage::SendMessage(const config::BrokerConfig& config, sending::Sending& sending)
    : sending_(sending),
      ids_(
          model::message::host_of(config.broker_ip1, static_cast<std::int32_t>(config.listen_port)).value()) {
}

void SendMessage::operator()(const CommandView& request, Responder respond) {
  const auto header = model::protocol::read_send_header(request);
  if (!header) return respond(door::refuse(header.error()));
  const sending::Request wanted = request_of(*header, request, respond);
  sending_.send(wanted, [this, respond = std::move(respond)](Outcome<Sent> outcome) {
    if (outcome)
      respond.moved(static_cast<std::int64_t>(outcome->placed.physical.size()), outcome->body_bytes);
    respond(answer_to(outcome));
  });
}

sending::Request SendMessage::request_of(const SendHeader& header, const CommandView& request,
                                         const Responder& respond) {
  sending::Request made;
  made.topic = header.topic;
  made.default_topic = header.default_topic;
  made.default_topic_queue_nums = header.default_topic_queue_nums;
  made.unit_mode = header.unit_mode;
  made.queue_id = header.queue_id;
  made.sys_flag = header.sys_flag;
  made.flag = header.flag;
  made.born_timestamp = header.born_timestamp;
  made.born_host = born_host_of(respond.context().peer);
  made.reconsume_times = header.reconsume_times;
  if (request.version >= version_with_max_reconsume_times)
    made.max_reconsume_times = header.max_reconsume_times;
  made.properties = header.properties;
  made.batch = header.batch;
  made.body = request.body;
  return made;
}

Command SendMessage::answer_to(const Outcome<Sent>& outcome) const {
  return outcome ? stored_as(*outcome) : door::refuse(outcome.error());
}

Command SendMessage::stored_as(const Sent& sent) const {
  Command response =
      sent.safe ? door::success() : door::refuse(ResponseCode::flush_disk_timeout, "flush disk timeout");
  std::string ids;
  ids.reserve(sent.placed.physical.size() * 33);
  for (const store::PhysicalOffset at : sent.placed.physical) {
    if (!ids.empty()) ids += ',';
    ids_.append(value(at), ids);
  }
  response.fields.reserve(8);  // some are added on the way out
  response.fields.add("msgId", std::move(ids));
  response.fields.add("queueId", sent.queue_id);
  response.fields.add("queueOffset", value(sent.placed.queue_offset));
  return response;
}

}  // namespace gantry::broker::processor

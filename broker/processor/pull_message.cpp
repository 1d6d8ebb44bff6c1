#include "broker/processor/pull_message.h"

#include <utility>

#include "broker/door/answers.h"
#include "model/message/sys_flag.h"
#include "model/protocol/consume_headers.h"

namespace gantry::broker::processor {
namespace {

namespace pull_flag = model::message::pull_flag;
using model::delivery::PullVerdict;
using model::protocol::Command;
using model::protocol::CommandView;
using model::protocol::PullHeader;
using model::protocol::ResponseCode;
using pulling::Outcome;
using pulling::Pulled;
using runtime::remoting::Responder;

ResponseCode code_of(PullVerdict verdict) {
  switch (verdict) {
    case PullVerdict::found: return ResponseCode::success;
    case PullVerdict::retry_at_once: return ResponseCode::pull_retry_immediately;
    case PullVerdict::nothing_yet: return ResponseCode::pull_not_found;
    case PullVerdict::moved: return ResponseCode::pull_offset_moved;
  }
  return ResponseCode::system_error;
}

pulling::Request request_of(const PullHeader& header, bool oneway) {
  pulling::Request made;
  made.group = header.consumer_group;
  made.topic = header.topic;
  made.queue_id = header.queue_id;
  made.from = store::QueueOffset{header.queue_offset};
  made.messages_max = header.max_msg_nums;
  if (header.sys_flag & pull_flag::subscription)
    made.expression = pulling::Expression{header.expression_type, header.subscription};
  made.subscription_version = header.sub_version;
  if (header.sys_flag & pull_flag::commit_offset) made.commit = header.commit_offset;
  if ((header.sys_flag & pull_flag::suspend) && header.suspend_timeout_ms > 0 && !oneway)
    made.wait_ms = header.suspend_timeout_ms;
  return made;
}

}  // namespace

void PullMessage::operator()(const CommandView& request, Responder respond) {
  const auto header = model::protocol::read_header<PullHeader>(request);
  if (!header) return respond(door::refuse(header.error()));
  const pulling::Request wanted = request_of(*header, respond.oneway());
  std::shared_ptr<membership::Peer> peer = peers_.of(respond.channel());
  pulling_.pull(std::move(peer), wanted,
                [this, respond = std::move(respond)](Outcome<Pulled> outcome) mutable {
                  if (outcome && outcome->verdict == PullVerdict::found) respond.moved(outcome->got.count, 0);
                  respond(answer_to(std::move(outcome)));
                });
}

Command PullMessage::answer_to(Outcome<Pulled> outcome) const {
  if (!outcome) return door::refuse(outcome.error());
  store::GetResult& got = outcome->got;
  Command response = door::refuse(code_of(outcome->verdict), model::delivery::name_of(got.status));
  const model::protocol::PullResponseHeader offsets{0, value(got.next_begin), value(got.min), value(got.max)};
  offsets.write(response.fields);
  response.body = std::move(got.records);
  return response;
}

}  // namespace gantry::broker::processor

#include "properties/recording/frames.h"

#include <algorithm>
#include <charconv>

#include "model/layout/record.h"
#include "model/message/batch.h"
#include "model/protocol/send_headers.h"

namespace gantry::properties::recording {

using model::protocol::CommandView;
using model::protocol::RequestCode;

namespace {

/// An extension field as a number, or -1: what is drawn may be wrong, and is shown as far as it goes.
std::int64_t number(const CommandView& view, std::string_view name) {
  std::int64_t value = -1;
  if (const auto text = view.field(name)) {
    const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (code != std::errc{}) return -1;
  }
  return value;
}

std::int64_t first_of(const CommandView& view, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (view.field(name)) return number(view, name);
  return -1;
}

std::string joined(const CommandView& view, std::initializer_list<std::string_view> names) {
  std::string out;
  for (const std::string_view name : names)
    if (const auto value = view.field(name); value && !value->empty())
      out.append(out.empty() ? "" : " ").append(*value);
  return out;
}

bool is_send(std::int64_t code) {
  return code == static_cast<std::int64_t>(RequestCode::send_message) ||
         code == static_cast<std::int64_t>(RequestCode::send_message_v2) ||
         code == static_cast<std::int64_t>(RequestCode::send_batch_message);
}

}  // namespace

std::vector<Frames::Seen> Frames::completed_by(const sim::Event& event) {
  if (event.kind == "net.connected" && event.facts.size() == 2)
    connections_[event.facts[1]].connector = event.actor.node;
  if (event.kind == "net.accept" && event.facts.size() == 2) {
    Connection& accepted = connections_[event.facts[1]];
    accepted.own = accepted.connector == event.actor.node;
  }
  const bool writes = event.kind == "net.write";
  if ((!writes && event.kind != "net.read") || event.facts.size() != 2) return {};
  const auto found = connections_.find(event.facts[0]);
  if (found == connections_.end() || found->second.own) return {};
  Connection& connection = found->second;
  const int side = event.actor.node == connection.connector ? 0 : 1;
  if (writes) return written(found->first, connection, side, event);
  return read(connection.from[1 - side], event.facts[1]);
}

std::vector<Frames::Seen> Frames::written(std::int64_t id, Connection& connection, int side,
                                          const sim::Event& event) {
  Direction& from = connection.from[side];
  std::vector<Seen> whole;
  if (!from.readable) return whole;
  for (const Bytes piece : event.bytes) from.rest.insert(from.rest.end(), piece.begin(), piece.end());
  std::size_t taken = 0;
  CommandView view;
  for (;;) {
    const Bytes rest = Bytes(from.rest).subspan(taken);
    const auto size = model::protocol::frame_size(rest);
    if (!size) from.readable = false;
    if (!size || !*size || rest.size() < **size) break;
    if (model::protocol::decode(rest.first(**size), view)) {
      Seen seen = describe(connection, side, view);
      seen.frame.connection = id;
      seen.frame.side = side;
      seen.frame.begin = from.begin;
      seen.frame.end = from.begin + static_cast<std::int64_t>(**size);
      whole.push_back(seen);
      from.on_the_way.push_back(std::move(seen));
    }
    from.begin += static_cast<std::int64_t>(**size);
    taken += **size;
  }
  from.rest.erase(from.rest.begin(), from.rest.begin() + static_cast<std::ptrdiff_t>(taken));
  return whole;
}

std::vector<Frames::Seen> Frames::read(Direction& from, std::int64_t bytes) {
  from.read += bytes;
  std::vector<Seen> whole;
  while (!from.on_the_way.empty() && from.on_the_way.front().frame.end <= from.read) {
    whole.push_back(std::move(from.on_the_way.front()));
    from.on_the_way.pop_front();
  }
  return whole;
}

Frames::Seen Frames::describe(Connection& connection, int side, const CommandView& view) {
  Seen seen;
  seen.frame.opaque = view.opaque;
  if (!view.is_response()) {
    seen.frame.request = view.code;
    describe_request(view, seen);
    if (!view.is_oneway()) connection.asked[{side, view.opaque}] = seen;
    return seen;
  }
  seen.frame.request = -1;
  seen.frame.answer = view.code;
  if (const auto asked = connection.asked.find({1 - side, view.opaque}); asked != connection.asked.end()) {
    describe_answer(view, asked->second, seen);
    connection.asked.erase(asked);
  }
  return seen;
}

void Frames::describe_request(const CommandView& view, Seen& seen) {
  if (is_send(view.code)) return add_sent(view, seen);
  seen.text = joined(view, {"topic", "originTopic", "consumerGroup", "group", "brokerName"});
  seen.frame.queue = number(view, "queueId");
  seen.frame.offset = first_of(view, {"queueOffset", "commitOffset", "offset"});
}

void Frames::describe_answer(const CommandView& view, const Seen& request, Seen& seen) {
  seen.frame.request = request.frame.request;
  seen.frame.queue = request.frame.queue;
  seen.text = view.remark.empty() ? request.text : std::string(view.remark);
  seen.frame.offset = first_of(view, {"queueOffset", "offset"});
  if (seen.frame.offset < 0) seen.frame.offset = request.frame.offset;
  if (is_send(request.frame.request)) {
    if (view.field("queueId")) seen.frame.queue = number(view, "queueId");
    seen.messages = request.messages;
  } else {
    add_records(view.body, seen);
  }
}

void Frames::add_sent(const CommandView& view, Seen& seen) {
  const auto header = model::protocol::read_send_header(view);
  if (!header) return;
  seen.text = header->topic;
  seen.frame.queue = header->queue_id;
  const auto add = [&](std::string_view properties, Bytes body, std::int32_t sys_flag) {
    if (const auto message = names_.number_of(properties, body, sys_flag)) seen.messages.push_back(*message);
  };
  if (!header->batch) return add(header->properties, view.body, header->sys_flag);
  model::message::BatchReader items(view.body);
  for (auto item = items.next(); item && *item; item = items.next())
    add((*item)->properties, (*item)->body, 0);
}

void Frames::add_records(Bytes body, Seen& seen) {
  while (!body.empty()) {
    const auto record = model::layout::read_record(body);
    if (!record || record->size == 0) return;
    if (const auto message = names_.number_of(record->properties, record->body, record->sys_flag))
      seen.messages.push_back(*message);
    body = body.subspan(std::min(record->size, body.size()));
  }
}

}  // namespace gantry::properties::recording

#include "tests/client/fake_broker.h"

#include <algorithm>
#include <charconv>

#include <gtest/gtest.h>

#include "model/layout/record.h"
#include "model/message/batch.h"

namespace gantry::client::test {
namespace {

using namespace std::chrono_literals;

std::int64_t number(const CommandView& request, std::string_view field) {
  const auto text = request.field(field).value_or("");
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string text(const CommandView& request, std::string_view field) {
  return std::string(request.field(field).value_or(""));
}

/// Every value of a text member, wherever it stands.
std::vector<std::string> values_of(std::string_view json, std::string_view key) {
  const std::string mark = "\"" + std::string(key) + "\":\"";
  std::vector<std::string> values;
  for (std::size_t at = json.find(mark); at != std::string_view::npos; at = json.find(mark, at)) {
    at += mark.size();
    values.emplace_back(json.substr(at, json.find('"', at) - at));
  }
  return values;
}

Command ok() {
  return Command::response(ResponseCode::success);
}

}  // namespace

FakeBroker::FakeBroker(runtime::Runtime runtime, std::string its_name, std::uint16_t port, std::string host)
    : name(std::move(its_name)),
      runtime_(runtime),
      host_(std::move(host)),
      port_(port),
      server_(runtime),
      timers_(runtime.tasks, runtime.clock, "fake-broker.timers") {
  on(RequestCode::send_message_v2, &FakeBroker::send);
  on(RequestCode::send_batch_message, &FakeBroker::send);
  on(RequestCode::pull_message, &FakeBroker::pull);
  on(RequestCode::heart_beat, &FakeBroker::heartbeat);
  on(RequestCode::query_consumer_offset, &FakeBroker::query_offset);
  on(RequestCode::update_consumer_offset, &FakeBroker::update_offset);
  on(RequestCode::get_max_offset, &FakeBroker::max_offset);
  on(RequestCode::search_offset_by_timestamp, &FakeBroker::search_offset);
  on(RequestCode::get_consumer_list_by_group, &FakeBroker::members_of);
  on(RequestCode::unregister_client, &FakeBroker::unregister);
  on(RequestCode::consumer_send_msg_back, &FakeBroker::send_back);
  server_.on_close([this](const auto& channel) { leave(channel); });
}

void FakeBroker::on(RequestCode code, void (FakeBroker::*handle)(const CommandView&, const Responder&)) {
  server_.on(code, [this, handle](const CommandView& request, Responder respond) {
    Command kept = request.to_command();
    kept.body.clear();
    seen.push_back(std::move(kept));
    (this->*handle)(request, respond);
  });
}

void FakeBroker::start() {
  const auto listening = server_.listen({host_, port_});
  ASSERT_TRUE(listening);
  port_ = listening->port;
}

void FakeBroker::stop() {
  timers_.stop();
  server_.stop();
}

std::size_t FakeBroker::requests(RequestCode code) const {
  return static_cast<std::size_t>(
      std::ranges::count(seen, static_cast<std::int32_t>(code), [](const Command& c) { return c.code; }));
}

std::size_t FakeBroker::count(const std::string& topic) const {
  std::size_t total = 0;
  for (const auto& [queue, records] : stored)
    if (queue.first == topic) total += records.size();
  return total;
}

void FakeBroker::put(const std::string& topic, std::int32_t queue, std::string_view body,
                     std::string_view properties) {
  auto& records = stored[{topic, queue}];
  model::layout::Record record;
  record.queue_id = queue;
  record.queue_offset = static_cast<std::int64_t>(records.size());
  record.physical_offset = static_cast<std::int64_t>(count(topic)) * 1000;
  record.store_timestamp = runtime_.clock.wall_now().ms;
  record.topic = topic;
  record.body = as_bytes(body);
  record.properties = properties;
  model::layout::append_record(record, records.emplace_back());
  wake({topic, queue});
}

void FakeBroker::send(const CommandView& request, const Responder& respond) {
  if (silent) return;
  if (!send_answers.empty()) {
    const auto code = static_cast<ResponseCode>(send_answers.front());
    send_answers.pop_front();
    return respond(Command::response(code, "told to fail"));
  }
  const Queue queue{text(request, "b"), static_cast<std::int32_t>(number(request, "e"))};
  Command answer = ok();
  answer.fields.set("msgId", "0A00000100002A9F0000000000000000");
  answer.fields.set("queueId", std::int64_t{queue.second});
  answer.fields.set("queueOffset", static_cast<std::int64_t>(stored[queue].size()));
  topics.try_emplace(queue.first);
  if (request.field("m") != "true") {
    put(queue.first, queue.second, as_text(request.body), text(request, "i"));
  } else {
    model::message::BatchReader items(request.body);
    while (const auto item = items.next().value())
      put(queue.first, queue.second, as_text(item->body), item->properties);
  }
  respond(std::move(answer));
}

Command FakeBroker::pull_answer(const Queue& queue, std::int64_t offset) const {
  const auto found = stored.find(queue);
  const auto end = found == stored.end() ? 0 : static_cast<std::int64_t>(found->second.size());
  Command answer = Command::response(offset < end ? ResponseCode::success : ResponseCode::pull_not_found);
  std::int64_t next = offset;
  for (int taken = 0; next < end && taken < 32; ++next, ++taken) {
    const Buffer& record = found->second[static_cast<std::size_t>(next)];
    answer.body.insert(answer.body.end(), record.begin(), record.end());
  }
  answer.fields.set("suggestWhichBrokerId", std::int64_t{0});
  answer.fields.set("nextBeginOffset", next);
  answer.fields.set("minOffset", std::int64_t{0});
  answer.fields.set("maxOffset", end);
  return answer;
}

void FakeBroker::pull(const CommandView& request, const Responder& respond) {
  const Queue queue{text(request, "topic"), static_cast<std::int32_t>(number(request, "queueId"))};
  const std::string group = text(request, "consumerGroup");
  if (!members.contains(group))
    return respond(Command::response(ResponseCode::subscription_not_exist, "who?"));
  if ((number(request, "sysFlag") & 1) != 0)
    offsets[{group, queue.first, queue.second}] = number(request, "commitOffset");
  const std::int64_t offset = number(request, "queueOffset");
  Command answer = pull_answer(queue, offset);
  if (!illegal_offsets.empty()) {
    answer.code = static_cast<std::int32_t>(ResponseCode::pull_offset_moved);
    answer.body.clear();
    answer.fields.set("nextBeginOffset", illegal_offsets.front());
    illegal_offsets.pop_front();
  }
  if (answer.code != static_cast<std::int32_t>(ResponseCode::pull_not_found))
    return respond(std::move(answer));
  const auto until =
      runtime_.clock.now() + std::chrono::milliseconds(number(request, "suspendTimeoutMillis"));
  Held held{respond, queue, offset, {}};
  held.timer = timers_.at(until, [this, respond, queue, offset] {
    std::erase_if(held_, [&](const Held& h) {
      return h.respond.opaque() == respond.opaque() && h.respond.channel() == respond.channel();
    });
    respond(pull_answer(queue, offset));
  });
  held_.push_back(held);
}

void FakeBroker::wake(const Queue& queue) {
  std::vector<Held> woken;
  for (const Held& held : held_)
    if (held.queue == queue) woken.push_back(held);
  std::erase_if(held_, [&](const Held& held) { return held.queue == queue; });
  for (const Held& held : woken) {
    timers_.cancel(held.timer);
    held.respond(pull_answer(queue, held.offset));
  }
}

void FakeBroker::heartbeat(const CommandView& request, const Responder& respond) {
  const std::string_view body = as_text(request.body);
  heartbeats.emplace_back(body);
  respond(ok());
  const auto clients = values_of(body, "clientID");
  if (clients.size() != 1 || body.find("\"consumerDataSet\":[{") == std::string_view::npos) return;
  const std::string group = values_of(body.substr(body.find("\"consumerDataSet\"")), "groupName").at(0);
  const bool known = std::ranges::any_of(joined_, [&](const Member& m) {
    return m.group == group && m.client_id == clients[0] && m.channel == respond.channel();
  });
  if (known) return;
  joined_.push_back({group, clients[0], respond.channel()});
  members[group].insert(clients[0]);
  notify(group);
}

void FakeBroker::leave(const std::shared_ptr<runtime::remoting::Channel>& channel) {
  std::vector<Member> gone;
  for (const Member& member : joined_)
    if (member.channel == channel) gone.push_back(member);
  std::erase_if(joined_, [&](const Member& member) { return member.channel == channel; });
  std::erase_if(held_, [&](const Held& held) { return held.respond.channel() == channel; });
  for (const Member& member : gone) {
    members[member.group].erase(member.client_id);
    if (members[member.group].empty()) members.erase(member.group);
    notify(member.group);
  }
}

void FakeBroker::notify(const std::string& group) {
  for (const Member& member : joined_) {
    if (member.group != group) continue;
    Command notice = Command::request(RequestCode::notify_consumer_ids_changed);
    notice.fields.set("consumerGroup", group);
    member.channel->one_way(std::move(notice));
  }
}

void FakeBroker::unregister(const CommandView& request, const Responder& respond) {
  respond(ok());
  if (request.field("consumerGroup")) leave(respond.channel());
}

void FakeBroker::query_offset(const CommandView& request, const Responder& respond) {
  const auto found = offsets.find({text(request, "consumerGroup"), text(request, "topic"),
                                   static_cast<std::int32_t>(number(request, "queueId"))});
  if (found == offsets.end() && !young_queues)
    return respond(Command::response(ResponseCode::query_not_found,
                                     "Not found, V3_0_6_SNAPSHOT maybe this group first boot"));
  Command answer = ok();
  answer.fields.set("offset", found == offsets.end() ? std::int64_t{0} : found->second);
  respond(std::move(answer));
}

void FakeBroker::update_offset(const CommandView& request, const Responder& respond) {
  offsets[{text(request, "consumerGroup"), text(request, "topic"),
           static_cast<std::int32_t>(number(request, "queueId"))}] = number(request, "commitOffset");
  respond(ok());
}

void FakeBroker::max_offset(const CommandView& request, const Responder& respond) {
  Command answer = ok();
  const Queue queue{text(request, "topic"), static_cast<std::int32_t>(number(request, "queueId"))};
  answer.fields.set("offset", static_cast<std::int64_t>(stored[queue].size()));
  respond(std::move(answer));
}

void FakeBroker::search_offset(const CommandView& request, const Responder& respond) {
  Command answer = ok();
  answer.fields.set("offset", number(request, "timestamp") > 0 ? std::int64_t{1} : std::int64_t{0});
  respond(std::move(answer));
}

void FakeBroker::members_of(const CommandView& request, const Responder& respond) {
  const auto found = members.find(text(request, "consumerGroup"));
  if (found == members.end())
    return respond(Command::response(ResponseCode::system_error, "no consumer for this group"));
  std::string ids;
  for (const std::string& id : found->second) ids += (ids.empty() ? "\"" : ",\"") + id + "\"";
  Command answer = ok();
  answer.body = to_buffer(as_bytes("{\"consumerIdList\":[" + ids + "]}"));
  respond(std::move(answer));
}

void FakeBroker::send_back(const CommandView&, const Responder& respond) {
  respond(takes_back ? ok()
                     : Command::response(ResponseCode::request_code_not_supported,
                                         " request type 36 not supported"));
}

FakeNamesrv::FakeNamesrv(runtime::Runtime runtime, std::uint16_t port, std::string host)
    : host_(std::move(host)), port_(port), server_(runtime) {
  server_.on(RequestCode::get_routeinfo_by_topic, [this](const CommandView& request, Responder respond) {
    ++asked;
    const std::string found = route(request.field("topic").value_or(""));
    if (found.empty())
      return respond(Command::response(ResponseCode::topic_not_exist, "No topic route info"));
    Command answer = ok();
    answer.body = to_buffer(as_bytes(found));
    respond(std::move(answer));
  });
}

void FakeNamesrv::start() {
  const auto listening = server_.listen(endpoint());
  ASSERT_TRUE(listening);
  port_ = listening->port;
}
void FakeNamesrv::stop() {
  server_.stop();
}

std::string FakeNamesrv::route(std::string_view topic) const {
  std::string datas, queues;
  for (const FakeBroker* broker : brokers) {
    const auto known = broker->topics.find(std::string(topic));
    if (known == broker->topics.end()) continue;
    if (!datas.empty()) datas += ',', queues += ',';
    datas += "{\"brokerAddrs\":{\"0\":\"" + broker->address() + "\"},\"brokerName\":\"" + broker->name +
             "\",\"cluster\":\"C\"}";
    const std::string count = std::to_string(known->second.queues);
    queues += "{\"brokerName\":\"" + broker->name + "\",\"perm\":" + std::to_string(known->second.perm) +
              ",\"readQueueNums\":" + count + ",\"topicSysFlag\":0,\"writeQueueNums\":" + count + "}";
  }
  if (datas.empty()) return "";
  return "{\"brokerDatas\":[" + datas + "],\"filterServerTable\":{},\"queueDatas\":[" + queues + "]}";
}

}  // namespace gantry::client::test

#include "properties/cluster/sender.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/message/message_id.h"
#include "properties/cluster/body.h"
#include "runtime/sync/wait.h"
#include "traces/record/record.h"

namespace gantry::properties::cluster {

using namespace std::chrono_literals;
using runtime::Instant;
using runtime::Runtime;

namespace {

constexpr std::int32_t probe_bytes = 100;

/// Waits until that time of the world, whatever this node's clock says.
void wait_until(Notebook& notebook, Runtime& runtime, Instant when) {
  while (notebook.now() < when)
    (void)runtime::sync::sleep(runtime.tasks, runtime.clock, when - notebook.now() + 1us);
}

}  // namespace

Sender::Sender(Notebook& notebook, const std::string& name, Runtime runtime,
               client::session::SessionOptions session, ProducerOptions options)
    : notebook_(notebook),
      name_(name),
      runtime_(runtime),
      producer_(runtime, std::move(session), "PG", std::move(options)) {
  producer_.start();
  notebook_.sending.erase(name_);  // an incarnation that crashed in a send left its mark
}

void Sender::send_what_is_due() {
  std::vector<const cases::Send*> mine;
  for (const auto& send : notebook_.c.sends)
    if (send.producer == name_) mine.push_back(&send);
  std::size_t& next = notebook_.next_send[name_];
  while (next < mine.size()) {
    const cases::Send& due = *mine[next];
    wait_until(notebook_, runtime_, Instant{due.at_ms * 1'000'000});
    ++next;  // this send counts as done from here on, also when we crash in the middle of it
    send(due.topic, due.id, false);
  }
}

void Sender::send_probes() {
  while (!notebook_.probing) (void)runtime::sync::sleep(runtime_.tasks, runtime_.clock, 1s);
  for (const auto& topic : notebook_.c.topics) {
    // A producer that knows no topic has no timer that uses its connection to the NameServer. This shows
    // whether that connection is half-open.
    (void)producer_.queues(topic.name);
    probe(topic.name, nullptr);
    for (const auto& broker : notebook_.c.brokers)
      if (const auto queue = queue_to_probe(broker.name, topic.name)) probe(topic.name, &*queue);
  }
  notebook_.probed.insert(name_);
}

/// Another one for each producer, where the broker has so many.
std::optional<MessageQueue> Sender::queue_to_probe(const std::string& broker,
                                                   const std::string& topic) const {
  std::vector<std::int32_t> ids;
  for (const Queue& queue : notebook_.outcome.probed)
    if (queue.broker == broker && queue.topic == topic) ids.push_back(queue.id);
  if (ids.empty()) return std::nullopt;
  const auto me = std::ranges::find(notebook_.c.producers, name_, &cases::ProducerSpec::name);
  const auto turn = static_cast<std::size_t>(me - notebook_.c.producers.begin());
  return MessageQueue{topic, broker, ids[turn % ids.size()]};
}

void Sender::probe(const std::string& topic, const MessageQueue* queue) {
  const std::string id = fmt::format("{}{}:{}", traces::record::probe_prefix, name_, ++probes_);
  notebook_.bodies[id] = body_of(id, probe_bytes);
  send(topic, id, true, queue);
}

void Sender::send(const std::string& topic, const std::string& id, bool is_probe, const MessageQueue* queue) {
  notebook_.sending.insert(name_);
  Message message{topic, notebook_.bodies.at(id)};
  const std::size_t at = notebook_.outcome.sent.size();
  notebook_.outcome.sent.push_back({.id = id,
                                    .producer = name_,
                                    .begun = notebook_.now(),
                                    .ended = Instant::never(),
                                    .place = {},
                                    .topic = topic,
                                    .probe = is_probe});
  const auto result =
      queue == nullptr ? producer_.send(std::move(message)) : producer_.send(std::move(message), *queue);
  note(notebook_.outcome.sent[at], result);
  notebook_.sending.erase(name_);
}

void Sender::note(Sent& sent, const Result<SendResult>& result) const {
  sent.ended = notebook_.now();
  if (!result) {
    sent.error = result.error().code;
    sent.trouble = fmt::format("{} {}", gantry::name_of(result.error().code), result.error().detail);
  } else if (result->status != SendStatus::ok) {
    sent.trouble = fmt::format("{} by {}", name_of(result->status), result->queue.broker_name);
  } else {
    sent.acknowledged = true;
    sent.place = {result->queue.broker_name, result->queue.topic, result->queue.queue_id,
                  result->queue_offset};
    if (const auto id = model::message::parse_offset_message_id(result->offset_message_id))
      sent.physical_offset = id->physical_offset;
  }
}

}  // namespace gantry::properties::cluster

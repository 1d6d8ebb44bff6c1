// What a message becomes before it is sent.
#include "client/producer/sending.h"
#include "model/message/batch.h"
#include "model/message/names.h"

namespace gantry::client::producer {

namespace property_name = model::message::property_name;

/// A message that was sent before keeps its id, so that others can tell that it is the same.
std::string Producer::identify(Message& message) {
  std::string& id = message.properties[std::string(property_name::uniq_key)];
  if (id.empty()) id = unique_keys_.next();
  return id;
}

Result<Producer::SendingPtr> Producer::prepare(Message message) {
  if (auto fine = model::message::check(message, options_.body_bytes_max); !fine) return fine.error();
  auto sending = std::make_shared<Sending>();
  sending->message_id = identify(message);
  message.properties.try_emplace(std::string(property_name::wait), "true");
  sending->properties = model::message::format_properties(message.properties);
  if (sending->properties.size() > model::message::properties_bytes_max)
    return Error{Errc::too_large, "the properties are longer than 32767 bytes"};
  sending->message = std::move(message);
  return sending;
}

Result<Producer::SendingPtr> Producer::prepare(std::vector<Message> batch) {
  if (batch.empty()) return Error{Errc::invalid, "a batch has a message"};
  auto sending = std::make_shared<Sending>();
  sending->batch = true;
  sending->message.topic = batch.front().topic;
  if (model::message::is_retry_topic(sending->message.topic))
    return Error{Errc::invalid, "a batch cannot go to a retry topic"};
  for (Message& message : batch) {
    if (auto fine = model::message::check(message, options_.body_bytes_max); !fine) return fine.error();
    if (message.topic != sending->message.topic) return Error{Errc::invalid, "a batch has one topic"};
    if (message.properties.contains(property_name::delay))
      return Error{Errc::invalid, "a batch cannot be delayed"};
    if (!sending->message_id.empty()) sending->message_id += ',';
    sending->message_id += identify(message);
    const std::string properties = model::message::format_properties(message.properties);
    if (properties.size() > model::message::properties_bytes_max)
      return Error{Errc::too_large, "the properties are longer than 32767 bytes"};
    model::message::append_batch_item({message.flag, message.body, properties}, sending->message.body);
  }
  if (sending->message.body.size() > options_.body_bytes_max)
    return Error{Errc::too_large, "the batch is larger than allowed"};
  sending->properties = model::message::format_properties({{std::string(property_name::wait), "true"}});
  return sending;
}

}  // namespace gantry::client::producer

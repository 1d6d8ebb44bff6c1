#include "model/delivery/sends.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/message/names.h"
#include "model/message/sys_flag.h"
#include "model/protocol/field_reader.h"

namespace gantry::model::delivery {
namespace {

namespace sys_flag = message::sys_flag;

constexpr std::int32_t host_bits = sys_flag::born_host_v6 | sys_flag::store_host_v6;
constexpr std::int32_t known_bits = sys_flag::compressed | sys_flag::multi_tags | sys_flag::transaction_mask |
                                    sys_flag::compression_mask | host_bits;

}  // namespace

std::optional<Refusal> check_send(const SendRules& rules, std::string_view topic,
                                  const route::TopicConfig* known) {
  if (!rules.accepts_yet)
    return Refusal{Reason::invalid, "broker unable to service, until startAcceptSendRequestTimeStamp"};
  if (!rules.may_be_written && known && known->order)
    return Refusal{Reason::forbidden,
                   fmt::format("the broker[{}] sending message is forbidden", rules.broker)};
  if (message::refuses_sends(topic))
    return Refusal{Reason::forbidden, fmt::format("Sending message to topic[{}] is forbidden.", topic)};
  return std::nullopt;
}

std::optional<Refusal> check_sys_flag(std::int32_t sent, bool batch) {
  const std::int32_t transaction = sys_flag::transaction_of(sent);
  if ((sent & ~known_bits) != 0 || (sent & sys_flag::compression_mask) > sys_flag::compression_zlib)
    return Refusal{Reason::illegal_message, "the sysFlag has bits that this broker does not know"};
  if (batch && transaction != 0)
    return Refusal{Reason::illegal_message, "a batch of messages cannot be part of a transaction"};
  // Stored as an ordinary message it would never reach a queue.
  if (transaction == sys_flag::commit || transaction == sys_flag::rollback)
    return Refusal{Reason::illegal_message, "only the broker ends a transaction: sysFlag has its bits"};
  return std::nullopt;
}

std::int32_t stored_sys_flag(std::int32_t sent, route::TopicFilterType filter) {
  const std::int32_t flags = sent & ~host_bits;
  return filter == route::TopicFilterType::multi_tag ? flags | sys_flag::multi_tags : flags;
}

std::optional<Refusal> check_properties(const ReadProperties& properties, std::string_view broker) {
  if (properties.half)
    return Refusal{Reason::forbidden,
                   fmt::format("the broker[{}] sending transaction message is forbidden", broker)};
  // Delivering it at once would be too early, and nobody would notice.
  if (const auto level = protocol::parse_i32(properties.delay); level && *level > 0)
    return Refusal{Reason::illegal_message,
                   fmt::format("this broker does not deliver delayed messages: DELAY is {}", *level)};
  return std::nullopt;
}

QueueChoice choose_queue(std::int32_t asked, const route::TopicConfig& topic) {
  if (asked >= std::max(topic.write_queue_nums, topic.read_queue_nums)) return QueueChoice::no_such;
  if (asked >= 0) return QueueChoice::as_asked;
  return topic.write_queue_nums > 0 ? QueueChoice::any_of_them : QueueChoice::none;
}

bool is_dead_letter(std::int32_t reconsume_times, std::int32_t group_max,
                    std::optional<std::int32_t> client_max) {
  return reconsume_times >= client_max.value_or(group_max);
}

}  // namespace gantry::model::delivery

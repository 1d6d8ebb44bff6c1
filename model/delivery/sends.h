#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/delivery/refusal.h"
#include "model/delivery/stored_properties.h"
#include "model/route/topic_config.h"

/// What becomes of a message that somebody sends: decisions that need no more than their arguments.
namespace gantry::model::delivery {

/// What the broker says about sends at this moment, whatever the message.
struct SendRules {
  std::string_view broker;     ///< its address, which refusals name
  bool accepts_yet = true;     ///< startAcceptSendRequestTimeStamp has passed
  bool may_be_written = true;  ///< brokerPermission has the write bit
};

/// Whether a message for `topic` may be taken at all. `known` is the topic's configuration, or null where it
/// is still to be created. A broker without the write permission refuses ordered topics only: of the others
/// clients find a queue elsewhere by themselves, once the NameServers have told them.
std::optional<Refusal> check_send(const SendRules& rules, std::string_view topic,
                                  const route::TopicConfig* known);

/// Whether the bits of a message's sysFlag are ones that a client may set. A batch is never part of a
/// transaction, and only a broker ends one.
std::optional<Refusal> check_sys_flag(std::int32_t sent, bool batch);
/// The sysFlag that the record gets: the hosts are ours to describe, and the topic says how tags are read.
std::int32_t stored_sys_flag(std::int32_t sent, route::TopicFilterType filter);

/// Whether the broker can do what a message's properties ask for.
std::optional<Refusal> check_properties(const ReadProperties& properties, std::string_view broker);

/// Which queue of its topic a message goes to.
enum class QueueChoice : std::uint8_t {
  as_asked,     ///< the one that the producer named
  any_of_them,  ///< one of the topic's write queues, by chance
  no_such,      ///< the topic has no queue of that number
  none,         ///< any would do, and the topic has none to write to
};
/// A negative queue stands for any. A queue that can only be read any more is taken when it is named, as by
/// RocketMQ: the number of write queues has just been reduced, and the producer does not know yet.
QueueChoice choose_queue(std::int32_t asked, const route::TopicConfig& topic);

/// Whether a message that comes to a group's retry topic has been tried often enough and goes to the dead
/// letters instead. What the client allows outweighs the group's configuration.
bool is_dead_letter(std::int32_t reconsume_times, std::int32_t group_max,
                    std::optional<std::int32_t> client_max);

}  // namespace gantry::model::delivery

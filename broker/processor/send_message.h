#pragma once

#include "broker/processor/parts.h"
#include "broker/processor/stored_properties.h"
#include "model/message/message_id.h"
#include "model/protocol/send_headers.h"

namespace gantry::broker::processor {

using model::protocol::SendHeader;

/// SEND_MESSAGE, SEND_MESSAGE_V2, SEND_BATCH_MESSAGE (protocol: RocketMQ's SendMessageProcessor).
///
///     check --> append to the log's tail --> answer when it is stored as safely as configured
///
/// Nothing waits in between: the answer is a record in the store's list. Half messages and delayed
/// ones are refused, never stored as ordinary ones. That names are legal has been seen at the door
/// (steps.h): an illegal one would become a topic here.
class SendMessage {
 public:
  explicit SendMessage(Parts parts);
  void operator()(const CommandView& request, const Responder& respond);

 private:
  /// Where the message goes, which may be the dead letters.
  struct Target {
    std::string topic;
    std::int32_t queue_id = 0;
    std::int32_t sys_flag = 0;
    bool dead_letter = false;
  };
  struct Answer;

  std::optional<Command> refuse_early(const SendHeader& header) const;
  std::optional<Command> find_target(const CommandView& request, const SendHeader& header, Target& target);
  std::optional<Command> save(std::string_view topic);
  std::optional<Command> redirect_to_dead_letters(const CommandView& request, const SendHeader& header,
                                                  Target& target);
  std::optional<Command> store_sent(const CommandView& request, const Responder& respond,
                                    const SendHeader& header, const Target& target);
  std::optional<Command> store_batch(const CommandView& request, const Responder& respond,
                                     const store::PutMessage& common, bool drop_delay, bool wait);
  std::optional<Command> check_properties(const ReadProperties& properties) const;
  store::PutMessage message(const Responder& respond, const SendHeader& header, const Target& target) const;
  std::optional<Command> append(const Responder& respond, std::span<const store::PutMessage> messages,
                                bool wait);
  void answer_stored(const Answer& answer, store::PutStatus status);

  Parts parts_;
  const model::message::OffsetMessageIds ids_;  // of this broker's messages
};

}  // namespace gantry::broker::processor

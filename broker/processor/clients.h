#pragma once

#include "broker/processor/parts.h"

namespace gantry::broker::processor {

/// Who is connected: HEART_BEAT, UNREGISTER_CLIENT, GET_CONSUMER_LIST_BY_GROUP, CHECK_CLIENT_CONFIG,
/// and for tools GET_CONSUMER_CONNECTION_LIST and GET_PRODUCER_CONNECTION_LIST.
class Clients {
 public:
  explicit Clients(Parts parts) : parts_(parts) {}

  /// May suspend to save a new retry topic. Code 1 when something of it finds no room; the rest is taken.
  Command heartbeat(const CommandView& request, const std::shared_ptr<Channel>& channel);
  Command unregister(const CommandView& request, const std::shared_ptr<Channel>& channel);
  Command consumer_list(const CommandView& request);
  Command check_config(const CommandView& request);
  Command consumer_connections(const CommandView& request);
  Command producer_connections(const CommandView& request);

 private:
  /// The group and its retry topic, where they are missing and may be made.
  void create_group(std::string_view name);
  Command join(const model::protocol::bodies::HeartbeatData& data, const CommandView& request,
               const std::shared_ptr<Channel>& channel);

  Parts parts_;
};

/// Tells every member of a group that its members or topics changed (NOTIFY_CONSUMER_IDS_CHANGED).
void notify_members(const Parts& parts, std::string_view group, const membership::ConsumerGroup& members);

}  // namespace gantry::broker::processor

#pragma once

#include <string>

#include "broker/pulling/pulling.h"
#include "broker/store/message_store.h"
#include "broker/topics/announcer.h"
#include "broker/topics/topic_table.h"
#include "model/delivery/refusal.h"

namespace gantry::broker::administration {

using model::delivery::Outcome;
using model::delivery::Refusal;

/// Topics as operators want them. A change is durable, and those who route clients know of it where they
/// answer quickly, when its call has returned; all suspend for that.
class TopicChanges {
 public:
  /// What it refers to must outlive the service.
  TopicChanges(store::MessageStore& store, topics::TopicTable& topics, pulling::Pulling& pulling,
               topics::Announcer& announcer)
      : store_(store), topics_(topics), pulling_(pulling), announcer_(announcer) {}

  /// Creates the topic, or makes an existing one like this. Whether it is ordered is not for this call to
  /// say: that comes from the NameServers.
  Outcome<void> put(topics::TopicConfig wanted);
  /// Removes the topic and its messages, and answers the pulls that wait for it. One that is not known may
  /// still have queues, because an earlier removal could not be saved: these go, too.
  Outcome<void> remove(const std::string& topic);

 private:
  store::MessageStore& store_;
  topics::TopicTable& topics_;
  pulling::Pulling& pulling_;
  topics::Announcer& announcer_;
};

}  // namespace gantry::broker::administration

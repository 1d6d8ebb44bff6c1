#pragma once

#include <optional>
#include <string>

#include "client/producer/producer.h"
#include "properties/cluster/nodes.h"

namespace gantry::properties::cluster {

/// One of the case's producers, during one life of its process. It sends what is due, and then probes, and
/// notes in Outcome::sent what it was told.
class Sender {
 public:
  Sender(Notebook& notebook, const std::string& name, runtime::Runtime runtime,
         client::session::SessionOptions session, ProducerOptions options);

  /// Sends what the case has for this producer and no earlier life has begun.
  void send_what_is_due();
  /// Waits for the time of probes. For each topic it sends one to any queue, and one to a queue of each
  /// broker that has the topic.
  void send_probes();

 private:
  std::optional<MessageQueue> queue_to_probe(const std::string& broker, const std::string& topic) const;
  void probe(const std::string& topic, const MessageQueue* queue);
  void send(const std::string& topic, const std::string& id, bool is_probe,
            const MessageQueue* queue = nullptr);
  void note(Sent& sent, const Result<SendResult>& result) const;

  Notebook& notebook_;
  const std::string name_;
  runtime::Runtime runtime_;
  client::producer::Producer producer_;
  int probes_ = 0;
};

}  // namespace gantry::properties::cluster

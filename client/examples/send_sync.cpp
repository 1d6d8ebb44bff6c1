// Sends one message and waits for the broker's answer.
#include <cstdio>

#include <gantry/producer.h>

int main(int argc, char** argv) {
  gantry::Producer producer(argc > 1 ? argv[1] : "127.0.0.1:9876", "ExampleProducer");

  const auto sent = producer.send("TopicTest", "hello", "TagA");
  if (!sent) {
    std::fprintf(stderr, "not sent: %s\n", sent.error().detail);
    return 1;
  }
  std::printf("%s is in queue %d of %s at %lld\n", sent->message_id.c_str(), sent->queue.queue_id,
              sent->queue.broker_name.c_str(), static_cast<long long>(sent->queue_offset));
}

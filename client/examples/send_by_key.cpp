// Messages of one order go to one queue, so that they stay in order: a selector picks it.
#include <cstdio>
#include <functional>
#include <string>

#include <gantry/producer.h>

using namespace gantry;

int main(int argc, char** argv) {
  Producer producer(argc > 1 ? argv[1] : "127.0.0.1:9876", "ExampleProducer");
  const Selector by_order = [](const std::vector<MessageQueue>& queues, const Message& message) {
    return std::hash<std::string_view>()(message.keys()) % queues.size();
  };
  for (const char* step : {"ordered", "paid", "shipped"}) {
    Message message("TopicTest", step);
    message.set_keys("order-4711");
    const auto sent = producer.send(message, by_order);
    if (!sent) return std::fprintf(stderr, "not sent: %s\n", sent.error().detail), 1;
    std::printf("%s: queue %d\n", step, sent->queue.queue_id);
  }
}

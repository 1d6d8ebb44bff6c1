// Sends three messages with one request: they lie one behind the other in one queue.
#include <cstdio>

#include <gantry/producer.h>

using namespace gantry;

int main(int argc, char** argv) {
  Producer producer(argc > 1 ? argv[1] : "127.0.0.1:9876", "ExampleProducer");
  const auto sent = producer.send(
      {Message("TopicTest", "one"), Message("TopicTest", "two"), Message("TopicTest", "three")});
  if (!sent) {
    std::fprintf(stderr, "not sent: %s\n", sent.error().detail);
    return 1;
  }
  std::printf("%s\n", sent->message_id.c_str());
}

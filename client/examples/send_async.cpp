// Sends a hundred messages without waiting in between; answers come to a callback or a future.
#include <atomic>
#include <cstdio>
#include <string>

#include <gantry/producer.h>

using namespace gantry;

int main(int argc, char** argv) {
  std::atomic<int> stored = 0;
  {
    Producer producer(argc > 1 ? argv[1] : "127.0.0.1:9876", "ExampleProducer");
    for (int i = 0; i < 99; ++i)
      producer.send_async(Message("TopicTest", "message " + std::to_string(i)),
                          [&](Result<SendResult> sent) { stored += sent.has_value(); });
    stored += producer.send_async(Message("TopicTest", "the last one")).get().has_value();
  }  // waits for the answers that are still to come
  std::printf("%d of 100 stored\n", stored.load());
  return stored == 100 ? 0 : 1;
}

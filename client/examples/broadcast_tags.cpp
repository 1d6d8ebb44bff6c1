// Every member of the group gets every message with one of two tags, until Enter is pressed.
#include <cstdio>

#include <gantry/push_consumer.h>

using namespace gantry;

int main(int argc, char** argv) {
  PushConsumer consumer(argc > 1 ? argv[1] : "127.0.0.1:9876", "ExampleBroadcast",
                        {.model = MessageModel::broadcasting});
  auto ready = consumer.subscribe("TopicTest", "TagA || TagB");
  if (ready)
    ready = consumer.start([](const ReceivedMessage& message) {
      std::printf("%.*s: %.*s\n", static_cast<int>(message.tag().size()), message.tag().data(),
                  static_cast<int>(message.body.size()), message.body_text().data());
      return ConsumeResult::success;
    });
  if (!ready) return std::fprintf(stderr, "not started: %s\n", ready.error().detail), 1;
  std::getchar();
}

// Consumes a topic as a member of a group, until Enter is pressed.
#include <cstdio>

#include <gantry/push_consumer.h>

using namespace gantry;

int main(int argc, char** argv) {
  PushConsumer consumer(argc > 1 ? argv[1] : "127.0.0.1:9876", "ExampleConsumer",
                        {.from = ConsumeFrom::first_offset});
  auto ready = consumer.subscribe("TopicTest");
  if (ready)
    ready = consumer.start([](const ReceivedMessage& message) {
      std::printf("%s %.*s\n", message.message_id().c_str(), static_cast<int>(message.body.size()),
                  message.body_text().data());
      return ConsumeResult::success;  // reconsume_later: it comes again after a while
    });
  if (!ready) return std::fprintf(stderr, "not started: %s\n", ready.error().detail), 1;
  std::getchar();
}  // stops: running listeners end, offsets are stored, the group is left

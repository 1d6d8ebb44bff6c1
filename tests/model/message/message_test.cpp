#include "model/message/message.h"

#include <gtest/gtest.h>

namespace gantry::model::message {
namespace {

TEST(Message, HasWhatItsConstructorWasGiven) {
  const Message message("TopicTest", "hello", "TagA");
  EXPECT_EQ(message.topic, "TopicTest");
  EXPECT_EQ(message.body_text(), "hello");
  EXPECT_EQ(message.tag(), "TagA");
  EXPECT_EQ(message.properties, (PropertyMap{{"TAGS", "TagA"}}));
  EXPECT_TRUE(Message("TopicTest", "hello").properties.empty());
}

TEST(Message, APropertyThatIsSetToNothingIsGone) {
  Message message("TopicTest", "x");
  message.set_property("colour", "red");
  EXPECT_EQ(message.property("colour"), "red");
  message.set_property("colour", "blue");
  EXPECT_EQ(message.property("colour"), "blue");
  message.set_property("colour", "");
  EXPECT_EQ(message.property("colour"), "");
  EXPECT_TRUE(message.properties.empty());
  message.set_tag("");
  EXPECT_TRUE(message.properties.empty());
}

TEST(Message, KeysAndDelayAreTheBrokersProperties) {
  Message message("TopicTest", "x");
  message.set_keys("order-1 order-2");
  message.set_delay_level(3);
  EXPECT_EQ(message.keys(), "order-1 order-2");
  EXPECT_EQ(message.properties, (PropertyMap{{"DELAY", "3"}, {"KEYS", "order-1 order-2"}}));
}

TEST(ReceivedMessage, IsKnownByTheProducersIdBeforeTheBrokers) {
  ReceivedMessage message;
  message.store_host = host_of("10.0.0.1", 10911).value();
  message.physical_offset = 4096;
  EXPECT_EQ(message.offset_message_id(), "0A00000100002A9F0000000000001000");
  EXPECT_EQ(message.message_id(), message.offset_message_id());
  message.set_property(property_name::uniq_key, "KEY");
  EXPECT_EQ(message.unique_key(), "KEY");
  EXPECT_EQ(message.message_id(), "KEY");
  EXPECT_EQ(message.offset_message_id(), "0A00000100002A9F0000000000001000");
}

TEST(Check, AcceptsWhatABrokerAccepts) {
  EXPECT_TRUE(check(Message("TopicTest", "x", "TagA"), 100));
  EXPECT_TRUE(check(Message("%RETRY%group", "x"), 100));
}

TEST(Check, RefusesWhatNoBrokerAcceptsOrCarries) {
  EXPECT_EQ(check(Message("no/topic", "x"), 100).error().code, Errc::invalid);
  EXPECT_EQ(check(Message("TopicTest", ""), 100).error().code, Errc::invalid);
  EXPECT_TRUE(check(Message("TopicTest", std::string(100, 'x')), 100));
  EXPECT_EQ(check(Message("TopicTest", std::string(101, 'x')), 100).error().code, Errc::too_large);
  Message marked("TopicTest", "x");
  marked.set_property("a", "b\x02");
  EXPECT_EQ(check(marked, 100).error().code, Errc::invalid);
}

}  // namespace
}  // namespace gantry::model::message

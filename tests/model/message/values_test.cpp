#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "model/message/batch.h"
#include "model/message/message_id.h"
#include "model/message/names.h"
#include "model/message/subscription.h"
#include "model/message/tags_code.h"

namespace gantry::model::message {
namespace {

TEST(Host, IsReadFromDotsAndColons) {
  EXPECT_EQ(text_of(host_of("10.0.0.1", 10911).value()), "10.0.0.1:10911");
  EXPECT_EQ(text_of(host_of("::1", 1).value()), "[0:0:0:0:0:0:0:1]:1");
  EXPECT_EQ(host_of("fe80:0:0:0:0:0:0:1", 1).value(), host_of("fe80::1", 1).value());
  EXPECT_EQ(text_of(host_of("::ffff:1.2.3.4", 1).value()), "[0:0:0:0:0:ffff:102:304]:1");
  for (const std::string_view bad : {"", "1", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1..3.4", ".1.2.3", "1.2.3.",
                                     "1.2.3.0004", "1.2.3.-4", "1.2.3.4 ", "a.b.c.d", ":", ":::",
                                     "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "1::2::3", "host"})
    EXPECT_FALSE(host_of(bad, 1)) << bad;
  EXPECT_EQ(text_of(host_of("255.007.0.010", 0).value()), "255.7.0.10:0");
  EXPECT_FALSE(host_of("1.2.3.4", 65536));
}

TEST(TagsCode, IsJavasHash) {
  EXPECT_EQ(tags_code(""), 0);
  EXPECT_EQ(tags_code("TagA"), 2598919);
  EXPECT_EQ(java_hash("polygenelubricants"), INT32_MIN);
  EXPECT_EQ(java_hash("\u4e2d\u6587"), 0x4e2d * 31 + 0x6587);
  EXPECT_EQ(java_hash("\U0001F680"), 0xD83D * 31 + 0xDE80);
  EXPECT_EQ(java_hash("\xFF"), 0xFFFD);
}

TEST(MessageId, AnOffsetIdNamesHostAndOffset) {
  const OffsetMessageId id{host_of("127.0.0.1", 10911).value(), 0x1234};
  EXPECT_EQ(text_of(id), "7F00000100002A9F0000000000001234");
  EXPECT_EQ(text_of({host_of("255.0.171.9", 0).value(), 0x0123'4567'89AB'CDEF}),
            "FF00AB09000000000123456789ABCDEF");
  EXPECT_EQ(parse_offset_message_id("7f00000100002A9F0000000000001234").value(), id);
  const OffsetMessageId v6{host_of("fe80::1", 10911).value(), 7};
  EXPECT_EQ(text_of(v6).size(), 56u);
  EXPECT_EQ(parse_offset_message_id(text_of(v6)).value(), v6);
  for (const std::string_view bad :
       {"", "7F00", "7F00000100002A9F000000000000123G", "7F00000100002A9FF000000000001234"})
    EXPECT_FALSE(parse_offset_message_id(bad)) << bad;
}

Host any_host() {
  Host host;
  host.v6 = *rc::gen::arbitrary<bool>();
  for (std::size_t i = 0; i < host.ip_bytes(); ++i)
    host.ip[i] = std::byte(*rc::gen::arbitrary<std::uint8_t>());
  host.port = *rc::gen::inRange(0, 65536);
  return host;
}

RC_GTEST_PROP(MessageId, AnOffsetIdIsReadBackAsItWasWritten, ()) {
  const OffsetMessageId id{any_host(), *rc::gen::inRange<std::int64_t>(0, INT64_MAX)};
  RC_ASSERT(parse_offset_message_id(text_of(id)).value() == id);
}

RC_GTEST_PROP(MessageId, AUniqKeyGivesItsTimeBackWithinAMonth, ()) {
  const std::int64_t now = *rc::gen::inRange<std::int64_t>(1'600'000'000'000, 4'000'000'000'000);
  const std::int64_t created = now - *rc::gen::inRange<std::int64_t>(0, now - month_start_ms(now) + 1);
  Host ip = any_host();
  const std::string key = make_uniq_key({.ip = ip,
                                         .pid = *rc::gen::arbitrary<std::int32_t>(),
                                         .loader_hash = *rc::gen::arbitrary<std::int32_t>(),
                                         .created_ms = created,
                                         .counter = *rc::gen::arbitrary<std::uint16_t>()});
  RC_ASSERT(key.size() == (ip.v6 ? 56u : 32u));
  RC_ASSERT(creation_time_of(key, now) == created);
}

TEST(MessageId, AUniqKeyTellsWhenItWasMade) {
  const std::int64_t now = 1'700'000'000'123;  // 14 November 2023
  EXPECT_EQ(month_start_ms(now), 1'698'796'800'000);
  EXPECT_EQ(month_start_ms(0), 0);
  EXPECT_EQ(month_start_ms(-1), -31 * 86'400'000LL);
  EXPECT_EQ(month_start_ms(1'709'251'199'999), 1'706'745'600'000);  // the last of 29 February 2024
  const UniqKeyParts parts{.ip = host_of("10.1.2.3", 0).value(),
                           .pid = 0x1ABCD,
                           .loader_hash = 0x01020304,
                           .created_ms = now,
                           .counter = 0xFFFE};
  const std::string key = make_uniq_key(parts);
  EXPECT_EQ(key, "0A010203ABCD0102030447B7607BFFFE");
  EXPECT_EQ(creation_time_of(key, now), now);
  EXPECT_EQ(creation_time_of(key, now + 5000), now);
  EXPECT_EQ(creation_time_of(key, 1'701'500'000'000), now);  // asked in early December
  EXPECT_EQ(creation_time_of("no key", now), std::nullopt);
}

TEST(Names, AreCheckedAtTheDoor) {
  EXPECT_TRUE(check_topic("%RETRY%my_group-1|x"));
  EXPECT_TRUE(check_topic(std::string(127, 'a')));
  EXPECT_FALSE(check_topic(std::string(128, 'a')));
  EXPECT_STREQ(check_topic(" ").error().detail, "The specified topic is blank.");
  for (const std::string_view bad : {"", "a b", "a/b", "../x", "a.b", "\xC3\xA4"})
    EXPECT_FALSE(check_topic(bad));
  EXPECT_TRUE(check_group(std::string(255, 'g')));
  EXPECT_FALSE(check_group(std::string(256, 'g')));
  EXPECT_TRUE(check_client_id("10.0.0.1@4711#12"));
  EXPECT_FALSE(check_client_id("a\nb"));
  EXPECT_TRUE(check_client_id("caf\u00e9"));
  EXPECT_FALSE(check_client_id("caf\xE9"));
  EXPECT_TRUE(refuses_sends("SCHEDULE_TOPIC_XXXX"));
  EXPECT_FALSE(refuses_sends("TBW102"));
  EXPECT_TRUE(is_system_topic("TBW102"));
  EXPECT_EQ(retry_topic("g"), "%RETRY%g");
  EXPECT_EQ(group_of("%DLQ%g"), "g");
  EXPECT_EQ(group_of("g"), "");
}

TEST(Subscription, TagsAreSplitAtDoubleBars) {
  const SubscriptionData data = parse_tag_expression("T", " TagA || TagB||").value();
  EXPECT_EQ(data.tags, (std::set<std::string>{"TagA", "TagB"}));
  EXPECT_TRUE(data.may_match(tags_code("TagA")));
  EXPECT_FALSE(data.may_match(tags_code("TagC")));
  EXPECT_TRUE(data.matches("TagB"));
  EXPECT_FALSE(data.matches(""));
  for (const std::string_view all : {"", "*"}) {
    EXPECT_EQ(parse_tag_expression("T", all).value().sub_string, "*");
    EXPECT_TRUE(parse_tag_expression("T", all).value().may_match(7));
    EXPECT_TRUE(parse_tag_expression("T", all).value().matches("anything"));
  }
  EXPECT_FALSE(parse_tag_expression("T", "||"));
}

RC_GTEST_PROP(Batch, WhatIsAppendedIsReadBack,
              (const std::vector<std::pair<std::string, std::string>>& any)) {
  Buffer body;
  std::int32_t flag = 0;
  for (const auto& [text, properties] : any) append_batch_item({flag++, as_bytes(text), properties}, body);
  RC_ASSERT(count_batch_items(body).value() == any.size());
  BatchReader reader(body);
  flag = 0;
  for (const auto& [text, properties] : any) {
    const auto item = reader.next().value();
    RC_ASSERT(item.has_value());
    RC_ASSERT(item->flag == flag++);
    RC_ASSERT(as_text(item->body) == text);
    RC_ASSERT(item->properties == properties);
  }
  RC_ASSERT(!reader.next().value().has_value());
}

RC_GTEST_PROP(Batch, AnyBytesAreSurvived, (const std::vector<std::uint8_t>& any)) {
  const Bytes body = std::as_bytes(std::span(any));
  BatchReader reader(body);
  std::size_t items = 0;
  auto item = reader.next();
  for (; item && *item; item = reader.next(), ++items) RC_ASSERT((*item)->body.size() <= any.size());
  const auto counted = count_batch_items(body);
  RC_ASSERT(counted.has_value() == item.has_value());
  if (counted) RC_ASSERT(*counted == items);
}

}  // namespace
}  // namespace gantry::model::message

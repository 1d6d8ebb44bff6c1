#include "model/layout/record.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "model/base/crc32.h"
#include "model/layout/checkpoint.h"
#include "model/layout/consume_queue.h"
#include "model/layout/file_names.h"
#include "model/layout/received.h"
#include "model/message/sys_flag.h"

namespace gantry::model::layout {
namespace {

using message::host_of;

Record some_record() {
  return {.queue_id = 3,
          .flag = -5,
          .queue_offset = 42,
          .physical_offset = 4096,
          .born_timestamp = 1'700'000'000'001,
          .born_host = host_of("10.0.0.7", 55555).value(),
          .store_timestamp = 1'700'000'000'002,
          .store_host = host_of("10.0.0.1", 10911).value(),
          .reconsume_times = 1,
          .body = as_bytes("hello"),
          .topic = "TopicA",
          .properties = "TAGS\x01TagA"};
}

Buffer encoded(const Record& record) {
  Buffer out;
  append_record(record, out);
  return out;
}

TEST(Record, IsLaidOutAsRocketMqHasIt) {
  const Buffer bytes = encoded(some_record());
  EXPECT_EQ(bytes.size(), 91 + 5 + 6 + 9u);
  ByteReader in(bytes);
  EXPECT_EQ(in.i32(), 111);
  EXPECT_EQ(in.i32(), -626843481);
  EXPECT_EQ(in.i32(), crc32_31(as_bytes("hello")));
  EXPECT_EQ(ByteReader(Bytes(bytes).subspan(28)).i64(), 4096);
  EXPECT_EQ(ByteReader(Bytes(bytes).subspan(56)).i64(), 1'700'000'000'002);
  EXPECT_EQ(ByteReader(Bytes(bytes).subspan(84)).i32(), 5);
}

TEST(Record, IsReadBackWithEitherKindOfHost) {
  for (const bool born_v6 : {false, true}) {
    for (const bool store_v6 : {false, true}) {
      Record record = some_record();
      if (born_v6) record.born_host = host_of("fe80::1", 1).value();
      if (store_v6) record.store_host = host_of("fe80::2", 2).value();
      const Buffer bytes = encoded(record);
      EXPECT_EQ(bytes.size(), size_of(record));
      const Record back = check_record(bytes, record.physical_offset).value();
      EXPECT_EQ(back.queue_offset, record.queue_offset);
      EXPECT_EQ(back.store_timestamp, record.store_timestamp);
      EXPECT_EQ(back.born_timestamp, record.born_timestamp);
      EXPECT_EQ(back.born_host, record.born_host);
      EXPECT_EQ(back.store_host, record.store_host);
      EXPECT_EQ(as_text(back.body), "hello");
      EXPECT_EQ(back.topic, "TopicA");
      EXPECT_EQ(back.properties, record.properties);
      EXPECT_EQ(back.size, bytes.size());
    }
  }
}

std::string any_text(int bytes_max, char least = 1) {
  std::string text;
  for (int i = *rc::gen::inRange(0, bytes_max + 1); i > 0; --i) text += *rc::gen::inRange<char>(least, 127);
  return text;
}

message::Host any_host() {
  message::Host host;
  host.v6 = *rc::gen::arbitrary<bool>();
  for (std::size_t i = 0; i < host.ip_bytes(); ++i)
    host.ip[i] = std::byte(*rc::gen::arbitrary<std::uint8_t>());
  host.port = *rc::gen::inRange(0, 65536);
  return host;
}

RC_GTEST_PROP(Record, IsReadBackAsItWasWritten, ()) {
  const std::string body = any_text(300), topic = any_text(127), properties = any_text(300);
  Record record = {.queue_id = *rc::gen::arbitrary<std::int32_t>(),
                   .flag = *rc::gen::arbitrary<std::int32_t>(),
                   .queue_offset = *rc::gen::arbitrary<std::int64_t>(),
                   .physical_offset = *rc::gen::arbitrary<std::int64_t>(),
                   .sys_flag = *rc::gen::inRange(0, 16),
                   .born_timestamp = *rc::gen::arbitrary<std::int64_t>(),
                   .born_host = any_host(),
                   .store_timestamp = *rc::gen::arbitrary<std::int64_t>(),
                   .store_host = any_host(),
                   .reconsume_times = *rc::gen::arbitrary<std::int32_t>(),
                   .prepared_transaction_offset = *rc::gen::arbitrary<std::int64_t>(),
                   .body = as_bytes(body),
                   .topic = topic,
                   .properties = properties};
  const Buffer bytes = encoded(record);
  RC_ASSERT(bytes.size() == size_of(record));
  const Record back = read_record(bytes).value();
  RC_ASSERT(encoded(back) == bytes);
  RC_ASSERT(back.queue_id == record.queue_id);
  RC_ASSERT(back.flag == record.flag);
  RC_ASSERT(back.queue_offset == record.queue_offset);
  RC_ASSERT(back.physical_offset == record.physical_offset);
  RC_ASSERT(back.born_timestamp == record.born_timestamp);
  RC_ASSERT(back.born_host == record.born_host);
  RC_ASSERT(back.store_timestamp == record.store_timestamp);
  RC_ASSERT(back.store_host == record.store_host);
  RC_ASSERT(back.reconsume_times == record.reconsume_times);
  RC_ASSERT(back.prepared_transaction_offset == record.prepared_transaction_offset);
  RC_ASSERT(as_text(back.body) == body);
  RC_ASSERT(back.topic == topic);
  RC_ASSERT(back.properties == properties);
}

TEST(Record, AppendingIntoRoomAllocatesNothing) {
  Buffer out;
  out.reserve(1024);
  const std::byte* const data = out.data();
  append_record(some_record(), out);
  append_record(some_record(), out);
  EXPECT_EQ(out.data(), data);
}

TEST(Record, RecoveryRefusesWhatWasNotWrittenToThisPlace) {
  const Buffer bytes = encoded(some_record());
  EXPECT_TRUE(check_record(bytes, 4096));
  EXPECT_FALSE(check_record(bytes, 0));
  EXPECT_FALSE(check_record(Bytes(bytes).first(bytes.size() - 1), 4096));
  Record record = some_record();
  record.topic = "not legal";
  EXPECT_FALSE(check_record(encoded(record), 4096));
  EXPECT_TRUE(read_record(encoded(record)));
}

TEST(Record, AFlippedBitInBodyOrLengthsIsFound) {
  const Buffer good = encoded(some_record());
  for (std::size_t at = 0; at < good.size(); ++at) {
    const bool body_or_frame =
        at < 12 || (at >= 28 && at < 36) || (at >= 84 && at < 94) || at == 100 || at == 101;
    if (!body_or_frame) continue;  // no sum covers the other fields
    for (int bit = 0; bit < 8; ++bit) {
      Buffer bad = good;
      bad[at] ^= std::byte(1 << bit);
      EXPECT_FALSE(check_record(bad, 4096)) << at << " " << bit;
    }
  }
}

RC_GTEST_PROP(Record, AnyDamageIsSurvived, ()) {
  Buffer bytes = encoded(some_record());
  const int changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = std::byte(*rc::gen::arbitrary<std::uint8_t>());
  }
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
  if (const auto record = check_record(bytes, 4096)) RC_ASSERT(record->size <= bytes.size());
  (void)read_records(bytes, "b");
}

TEST(Record, ABlankFillsTheEndOfAFile) {
  Buffer bytes(blank_bytes_min);
  write_blank(100, std::span(bytes).first<blank_bytes_min>());
  EXPECT_TRUE(front_of(bytes).is_blank());
  EXPECT_EQ(front_of(bytes).size, 100);
  EXPECT_FALSE(front_of(Bytes(bytes).first(7)).is_blank());
  EXPECT_FALSE(read_record(bytes));
}

TEST(QueueEntry, IsTwentyBytes) {
  Buffer bytes;
  const QueueEntry entry{1LL << 40, 200, -7};
  append_entries(std::array{entry, QueueEntry::filler()}, bytes);
  ASSERT_EQ(bytes.size(), 40u);
  EXPECT_EQ(read_entry(bytes), entry);
  EXPECT_TRUE(read_entry(Bytes(bytes).subspan(20)).is_filler());
  EXPECT_FALSE(read_entry(Bytes(bytes).subspan(21)).is_plausible());
}

RC_GTEST_PROP(QueueEntry, IsReadBackAsItWasWritten, (std::int64_t at, std::int32_t size, std::int64_t code)) {
  Buffer bytes;
  append_entries(std::array{QueueEntry{at, size, code}}, bytes);
  RC_ASSERT(read_entry(bytes) == (QueueEntry{at, size, code}));
}

TEST(Checkpoint, IsAPageWithThreeNumbers) {
  const Checkpoint checkpoint{1, 2, 3};
  const Buffer file = encode(checkpoint);
  EXPECT_EQ(file.size(), 4096u);
  EXPECT_EQ(read_checkpoint(file).value(), checkpoint);
  EXPECT_FALSE(read_checkpoint(Bytes(file).first(23)));
}

TEST(FileNames, AreTwentyDigits) {
  EXPECT_EQ(file_name_of(1'073'741'824), "00000000001073741824");
  EXPECT_EQ(first_byte_of("00000000001073741824"), 1'073'741'824u);
  EXPECT_EQ(first_byte_of("1073741824"), std::nullopt);
  EXPECT_EQ(first_byte_of("0000000000107374182x"), std::nullopt);
}

}  // namespace
}  // namespace gantry::model::layout

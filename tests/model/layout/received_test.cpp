#include "model/layout/received.h"

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <zstd.h>

#include "model/base/lz4.h"
#include "model/base/zlib.h"
#include "model/base/zstd.h"
#include "model/message/sys_flag.h"

namespace gantry::model::layout {
namespace {

namespace sys_flag = message::sys_flag;

Buffer lz4(Bytes bytes) {
  Buffer out(LZ4F_compressFrameBound(bytes.size(), nullptr));
  out.resize(LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), nullptr));
  return out;
}
Buffer zstd(Bytes bytes, int level = 5) {
  Buffer out(ZSTD_compressBound(bytes.size()));
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level));
  return out;
}
Buffer compressed(Bytes bytes, std::int32_t type) {
  if (type == sys_flag::compression_lz4) return lz4(bytes);
  if (type == sys_flag::compression_zstd) return zstd(bytes);
  return deflate(bytes);
}
constexpr std::int32_t every_type[] = {sys_flag::compression_legacy, sys_flag::compression_zlib,
                                       sys_flag::compression_lz4, sys_flag::compression_zstd};

/// Records of a queue, one behind the other, from queue offset 0.
struct Pulled {
  Pulled& add(Bytes content, std::int32_t flags = 0) {
    Record record;
    record.queue_offset = static_cast<std::int64_t>(starts.size());
    record.sys_flag = flags;
    record.store_host = message::host_of("10.0.0.1", 10911).value();
    record.body = content;
    record.topic = "TopicA";
    record.properties = "TAGS\x01TagA";
    starts.push_back(bytes.size());
    append_record(record, bytes);
    return *this;
  }
  Pulled& add(std::string_view content) { return add(as_bytes(content)); }
  Pulled& damage(std::size_t record, std::size_t at) {
    bytes[starts[record] + at] ^= std::byte(0x55);
    return *this;
  }
  Buffer bytes;
  std::vector<std::size_t> starts;
};

Received read(Bytes body, std::size_t inflated_max = inflated_bytes_max) {
  return read_records(body, "broker-a", inflated_max);
}

std::vector<std::string> bodies(const Received& received) {
  std::vector<std::string> texts;
  for (const auto& one : received.messages) texts.emplace_back(as_text(one.body));
  return texts;
}
using Texts = std::vector<std::string>;
constexpr std::size_t magic_at = 4;
constexpr std::size_t body_length_at = 87;

/// One record, as a broker at 10.0.0.1 has it.
Buffer record_of(std::string_view body, std::string_view topic, std::string_view properties) {
  Record record;
  record.queue_id = 3;
  record.flag = 5;
  record.queue_offset = 7;
  record.physical_offset = 4096;
  record.born_timestamp = 1000;
  record.store_timestamp = 2000;
  record.born_host = message::host_of("10.0.0.9", 4711).value();
  record.store_host = message::host_of("10.0.0.1", 10911).value();
  record.reconsume_times = 2;
  record.prepared_transaction_offset = 11;
  record.body = as_bytes(body);
  record.topic = topic;
  record.properties = properties;
  Buffer out;
  append_record(record, out);
  return out;
}

TEST(Received, AMessageHasEverythingThatItsRecordSays) {
  const auto messages = read(record_of("one", "T", "TAGS\x01TagA\x02UNIQ_KEY\x01KEY")).messages;
  ASSERT_EQ(messages.size(), 1u);
  message::ReceivedMessage expected;
  expected.topic = "T";
  expected.body = to_buffer(as_bytes("one"));
  expected.properties = {{"TAGS", "TagA"}, {"UNIQ_KEY", "KEY"}};
  expected.flag = 5;
  expected.queue = {"T", "broker-a", 3};
  expected.queue_offset = 7;
  expected.physical_offset = 4096;
  expected.born_timestamp = 1000;
  expected.store_timestamp = 2000;
  expected.born_host = message::host_of("10.0.0.9", 4711).value();
  expected.store_host = message::host_of("10.0.0.1", 10911).value();
  expected.reconsume_times = 2;
  expected.prepared_transaction_offset = 11;
  EXPECT_EQ(messages[0], expected);
}

TEST(Received, ARetriedMessageIsUnderTheTopicThatItWasSentTo) {
  const auto retried = read(record_of("x", "%RETRY%CG", "RETRY_TOPIC\x01T")).messages;
  EXPECT_EQ(retried[0].topic, "T");
  EXPECT_EQ(retried[0].queue.topic, "%RETRY%CG");
  // Only a retry topic's messages come from elsewhere; a user may have a property of that name.
  EXPECT_EQ(read(record_of("x", "other", "RETRY_TOPIC\x01T")).messages[0].topic, "other");
  EXPECT_EQ(read(record_of("x", "%RETRY%CG", "")).messages[0].topic, "%RETRY%CG");
}

TEST(Received, EveryFormOfCompressionIsUnpacked) {
  const std::string text(10'000, 'x');
  for (const std::int32_t type : every_type) {
    const Received received =
        read(Pulled().add(compressed(as_bytes(text), type), sys_flag::compressed | type).add("hello").bytes);
    EXPECT_EQ(bodies(received), (Texts{text, "hello"})) << type;
    EXPECT_TRUE(received.complete);
    EXPECT_TRUE(received.lost.empty());
    EXPECT_EQ(received.messages[0].tag(), "TagA");
    EXPECT_EQ(received.messages[1].message_id(), "0A00000100002A9F0000000000000000");
  }
}

TEST(Received, ARecordThatDoesNotUnpackTakesNoOtherWithIt) {
  for (const std::int32_t type : every_type) {
    Buffer cut = compressed(as_bytes(std::string(10'000, 'x')), type);
    cut.resize(cut.size() - 3);
    for (const Bytes broken : {Bytes(cut), as_bytes("junk"), Bytes()}) {
      const Received received =
          read(Pulled().add("a").add(broken, sys_flag::compressed | type).add("b").bytes);
      EXPECT_EQ(bodies(received), (Texts{"a", "b"}));
      EXPECT_TRUE(received.complete);
      ASSERT_EQ(received.lost.size(), 1u);
      EXPECT_EQ(received.lost[0].queue_offset, 1);
      EXPECT_EQ(received.lost[0].why, Error(Errc::invalid));
    }
  }
  const Received received =
      read(Pulled().add(as_bytes("x"), sys_flag::compressed | sys_flag::compression_mask).bytes);
  EXPECT_EQ(received.lost.size(), 1u);
}

TEST(Received, WhatIsNoRecordIsSteppedOverWhereTheNextOneIsToBeSeen) {
  const Received received = read(Pulled().add("a").add("b").add("c").damage(1, body_length_at).bytes);
  EXPECT_EQ(bodies(received), (Texts{"a", "c"}));
  EXPECT_TRUE(received.complete);
  ASSERT_EQ(received.lost.size(), 1u);
  EXPECT_EQ(received.lost[0].queue_offset, -1);
}

TEST(Received, WhereNothingIsToBeSeenThePullBeginsAnew) {
  const Received later = read(Pulled().add("a").add("b").add("c").damage(1, magic_at).bytes);
  EXPECT_EQ(bodies(later), Texts{"a"});
  EXPECT_FALSE(later.complete);
  EXPECT_EQ(later.rest_from, 1);
  EXPECT_TRUE(later.lost.empty());  // it will be the first one, and then:
  const Received first = read(Pulled().add("a").add("b").damage(0, magic_at).bytes);
  EXPECT_TRUE(first.messages.empty());
  EXPECT_FALSE(first.complete);
  EXPECT_EQ(first.rest_from, std::nullopt);
  EXPECT_EQ(first.lost.size(), 1u);
}

TEST(Received, AllBodiesOfAPullShareOneBudget) {
  const Buffer zeros(100'000);
  for (const std::int32_t type : every_type) {
    const Buffer small = compressed(zeros, type);
    Pulled pulled;
    for (int i = 0; i < 5; ++i) pulled.add(small, sys_flag::compressed | type);
    const Received received = read(pulled.bytes, 250'000);
    EXPECT_EQ(received.messages.size(), 2u);
    EXPECT_FALSE(received.complete);
    EXPECT_EQ(received.rest_from, 2);
    EXPECT_TRUE(received.lost.empty());
    // What exceeds the whole of it can never be read.
    const Received alone = read(pulled.bytes, 99'999);
    EXPECT_TRUE(alone.complete);
    EXPECT_EQ(alone.lost.size(), 5u);
    EXPECT_EQ(alone.lost[0].why, Error(Errc::too_large));
  }
}

RC_GTEST_PROP(Received, EndsWhateverItIsGiven, ()) {
  Pulled pulled;
  const auto types = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
  for (const int type : types) {
    const std::int32_t flags = type == 4 ? 0 : sys_flag::compressed | every_type[type];
    pulled.add(type == 4 ? to_buffer(as_bytes("plain")) : compressed(as_bytes("text"), every_type[type]),
               flags);
  }
  const int changes = types.empty() ? 0 : *rc::gen::inRange(0, 6);
  for (int i = 0; i < changes; ++i)
    pulled.bytes[*rc::gen::inRange<std::size_t>(0, pulled.bytes.size())] ^=
        std::byte(*rc::gen::inRange(1, 256));
  const Received received = read(pulled.bytes);
  RC_ASSERT(received.messages.size() + received.lost.size() <= types.size() + 1);
  if (changes == 0) RC_ASSERT(received.complete && received.messages.size() == types.size());
  if (!received.complete) RC_ASSERT(received.rest_from || !received.lost.empty());
}

RC_GTEST_PROP(Received, AnyBytesAreSurvived, (std::vector<std::uint8_t> bytes)) {
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  (void)read(Bytes(data, bytes.size()));
}

TEST(Unpacking, IsBounded) {
  const Buffer zeros(1'000'000);
  const auto check = [&](const Buffer& bomb, Result<Buffer> (*unpack)(Bytes, std::size_t)) {
    EXPECT_EQ(unpack(bomb, 999'999).error().code, Errc::too_large);
    EXPECT_EQ(unpack(bomb, 1'000'000).value(), zeros);
    EXPECT_EQ(unpack({}, 10).error().code, Errc::invalid);
    EXPECT_EQ(unpack(as_bytes("junk"), 10).error().code, Errc::invalid);
  };
  check(deflate(zeros, 9), &inflate);
  check(lz4(zeros), &unpack_lz4);
  check(zstd(zeros), &unpack_zstd);
  EXPECT_TRUE(inflate(deflate({}), 0).value().empty());
  EXPECT_TRUE(unpack_lz4(lz4({}), 0).value().empty());
  EXPECT_TRUE(unpack_zstd(zstd({}), 0).value().empty());
}

// A frame of a few bytes that asks for a window of 128 MiB.
TEST(Unpacking, AFrameDoesNotChooseHowMuchMemoryWeTake) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  Buffer out(1000);
  ZSTD_inBuffer in{"abc", 3, 0};
  ZSTD_outBuffer into{out.data(), out.size(), 0};
  while (ZSTD_compressStream2(context, &into, &in, ZSTD_e_flush) != 0) {
  }
  in = {nullptr, 0, 0};
  while (ZSTD_compressStream2(context, &into, &in, ZSTD_e_end) != 0) {
  }
  ZSTD_freeCCtx(context);
  out.resize(into.pos);
  EXPECT_EQ(unpack_zstd(out, 1'000'000).error().code, Errc::invalid);
}

}  // namespace
}  // namespace gantry::model::layout

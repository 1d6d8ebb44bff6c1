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

std::vector<std::string> bodies(const Received& received) {
  std::vector<std::string> texts;
  for (const auto& one : received.messages) texts.emplace_back(as_text(one.body));
  return texts;
}
using Texts = std::vector<std::string>;
constexpr std::size_t magic_at = 4;
constexpr std::size_t body_length_at = 87;

TEST(Received, EveryFormOfCompressionIsUnpacked) {
  const std::string text(10'000, 'x');
  for (const std::int32_t type : every_type) {
    const Received received = read_records(
        Pulled().add(compressed(as_bytes(text), type), sys_flag::compressed | type).add("hello").bytes);
    EXPECT_EQ(bodies(received), (Texts{text, "hello"})) << type;
    EXPECT_TRUE(received.complete);
    EXPECT_TRUE(received.lost.empty());
    EXPECT_EQ(received.messages[0].tags(), "TagA");
    EXPECT_EQ(received.messages[1].message_id(), "0A00000100002A9F0000000000000000");
  }
}

TEST(Received, ARecordThatDoesNotUnpackTakesNoOtherWithIt) {
  for (const std::int32_t type : every_type) {
    Buffer cut = compressed(as_bytes(std::string(10'000, 'x')), type);
    cut.resize(cut.size() - 3);
    for (const Bytes broken : {Bytes(cut), as_bytes("junk"), Bytes()}) {
      const Received received =
          read_records(Pulled().add("a").add(broken, sys_flag::compressed | type).add("b").bytes);
      EXPECT_EQ(bodies(received), (Texts{"a", "b"}));
      EXPECT_TRUE(received.complete);
      ASSERT_EQ(received.lost.size(), 1u);
      EXPECT_EQ(received.lost[0].queue_offset, 1);
      EXPECT_EQ(received.lost[0].why, Error(Errc::invalid));
    }
  }
  const Received received =
      read_records(Pulled().add(as_bytes("x"), sys_flag::compressed | sys_flag::compression_mask).bytes);
  EXPECT_EQ(received.lost.size(), 1u);
}

TEST(Received, WhatIsNoRecordIsSteppedOverWhereTheNextOneIsToBeSeen) {
  const Received received = read_records(Pulled().add("a").add("b").add("c").damage(1, body_length_at).bytes);
  EXPECT_EQ(bodies(received), (Texts{"a", "c"}));
  EXPECT_TRUE(received.complete);
  ASSERT_EQ(received.lost.size(), 1u);
  EXPECT_EQ(received.lost[0].queue_offset, -1);
}

TEST(Received, WhereNothingIsToBeSeenThePullBeginsAnew) {
  const Received later = read_records(Pulled().add("a").add("b").add("c").damage(1, magic_at).bytes);
  EXPECT_EQ(bodies(later), Texts{"a"});
  EXPECT_FALSE(later.complete);
  EXPECT_EQ(later.rest_from, 1);
  EXPECT_TRUE(later.lost.empty());  // it will be the first one, and then:
  const Received first = read_records(Pulled().add("a").add("b").damage(0, magic_at).bytes);
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
    const Received received = read_records(pulled.bytes, 250'000);
    EXPECT_EQ(received.messages.size(), 2u);
    EXPECT_FALSE(received.complete);
    EXPECT_EQ(received.rest_from, 2);
    EXPECT_TRUE(received.lost.empty());
    // What exceeds the whole of it can never be read.
    const Received alone = read_records(pulled.bytes, 99'999);
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
  const Received received = read_records(pulled.bytes);
  RC_ASSERT(received.messages.size() + received.lost.size() <= types.size() + 1);
  if (changes == 0) RC_ASSERT(received.complete && received.messages.size() == types.size());
  if (!received.complete) RC_ASSERT(received.rest_from || !received.lost.empty());
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

#include "runtime/remoting/receive_buffer.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::runtime::remoting {
namespace {

void receive(ReceiveBuffer& buffer, std::size_t n, std::byte what = std::byte{1}) {
  while (n > 0) {
    const auto space = buffer.space();
    const std::size_t part = std::min(n, space.size());
    std::fill_n(space.begin(), part, what);
    buffer.commit(part);
    n -= part;
  }
}

TEST(ReceiveBuffer, AnIdleConnectionHoldsLittle) {
  ReceiveBuffer buffer;
  EXPECT_EQ(buffer.capacity(), 0u);
  EXPECT_EQ(buffer.space().size(), ReceiveBuffer::idle_bytes);
  EXPECT_FALSE(buffer.worth_shrinking());
}

TEST(ReceiveBuffer, GrowsWithWhatArrivesAndIsGivenBack) {
  ReceiveBuffer buffer;
  receive(buffer, 1'000'000);
  EXPECT_LE(buffer.capacity(), 2'000'000u);
  buffer.consume(1'000'000);
  ASSERT_TRUE(buffer.worth_shrinking());
  buffer.shrink_to_fit();
  EXPECT_EQ(buffer.capacity(), 0u);
}

TEST(ReceiveBuffer, AnUnfinishedFrameHoldsNoMoreThanItNeeds) {
  ReceiveBuffer buffer;
  receive(buffer, 1'000'000);
  EXPECT_FALSE(buffer.worth_shrinking());
  buffer.consume(990'000);
  receive(buffer, 7, std::byte{2});
  ASSERT_TRUE(buffer.worth_shrinking());
  buffer.shrink_to_fit();
  EXPECT_EQ(buffer.capacity(), 16u * 1024);
  ASSERT_EQ(buffer.data().size(), 10'007u);
  EXPECT_EQ(buffer.data().front(), std::byte{1});
  EXPECT_EQ(buffer.data().back(), std::byte{2});
  EXPECT_FALSE(buffer.worth_shrinking());
}

TEST(ReceiveBuffer, WithTightRoomOnlyAFrameMakesItGrow) {
  ReceiveBuffer buffer;
  const auto tight = ReceiveBuffer::Room::tight;
  for (int i = 0; i < 20; ++i) {
    const std::size_t n = buffer.space(tight).size();
    buffer.commit(n);
    buffer.consume(n);
    EXPECT_EQ(buffer.capacity(), ReceiveBuffer::idle_bytes);
  }
  for (int i = 0; i < 10; ++i) buffer.commit(buffer.space(tight).size());
  EXPECT_LE(buffer.capacity(), 2 * buffer.data().size());
}

TEST(ReceiveBuffer, WithoutALargeFrameItStaysWithinATurn) {
  ReceiveBuffer buffer;
  for (int i = 0; i < 1000; ++i) {
    const std::size_t n = buffer.space().size();
    buffer.commit(n);
    buffer.consume(n);
  }
  EXPECT_EQ(buffer.capacity(), ReceiveBuffer::busy_bytes);
}

TEST(ReceiveBuffer, ALargeFrameDoesNotInflateItForLife) {
  ReceiveBuffer buffer;
  receive(buffer, 5'000'000);
  EXPECT_GT(buffer.capacity(), ReceiveBuffer::busy_bytes);
  buffer.consume(5'000'000);
  for (unsigned i = 0; i < ReceiveBuffer::calm_turns; ++i) {
    if (i > 0) buffer.consume(buffer.data().size() - 50);
    receive(buffer, 100, std::byte(i));
  }
  EXPECT_LE(buffer.capacity(), ReceiveBuffer::busy_bytes);
  ASSERT_EQ(buffer.data().size(), 150u);
  for (std::size_t at = 0; at < 150; ++at)
    EXPECT_EQ(buffer.data()[at], std::byte(ReceiveBuffer::calm_turns - (at < 50 ? 2 : 1)));
}

TEST(ReceiveBuffer, OneTurnStaysOneTurnWhateverTheBufferHolds) {
  ReceiveBuffer buffer;
  receive(buffer, 5'000'000);
  EXPECT_LE(buffer.space().size(), ReceiveBuffer::busy_bytes);
  buffer.consume(5'000'000);
  EXPECT_LE(buffer.space().size(), ReceiveBuffer::busy_bytes);
}

TEST(ReceiveBuffer, AStreamOfLargeFramesKeepsItsRoom) {
  ReceiveBuffer buffer;
  receive(buffer, 4'000'000);
  const std::size_t grown = buffer.capacity();
  for (int i = 0; i < 20; ++i) {
    buffer.consume(buffer.data().size());
    receive(buffer, 4'000'000);
    EXPECT_EQ(buffer.capacity(), grown);
  }
}

RC_GTEST_PROP(ReceiveBuffer, KeepsTheBytesInOrder, ()) {
  ReceiveBuffer buffer;
  std::uint8_t next_in = 0;
  std::uint8_t next_out = 0;
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(1, 20000), rc::gen::inRange(0, 20000)));
  for (const auto& [in, out] : steps) {
    const auto space = buffer.space();
    RC_ASSERT(!space.empty());
    const auto taken = std::min(space.size(), static_cast<std::size_t>(in));
    for (std::byte& b : space.first(taken)) b = std::byte{next_in++};
    buffer.commit(taken);
    const auto dropped = std::min(buffer.data().size(), static_cast<std::size_t>(out));
    for (const std::byte b : buffer.data().first(dropped)) RC_ASSERT(b == std::byte{next_out++});
    buffer.consume(dropped);
  }
}

}  // namespace
}  // namespace gantry::runtime::remoting

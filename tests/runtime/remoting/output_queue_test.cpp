#include "runtime/remoting/output_queue.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::runtime::remoting {
namespace {

using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::SerializeType;

Command with_body(std::size_t bytes) {
  Command command = Command::request(RequestCode::send_message);
  command.body.assign(bytes, std::byte{'b'});
  return command;
}

TEST(OutputQueue, SmallBodiesShareOnePiece) {
  OutputQueue queue;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(queue.append(with_body(100), SerializeType::json));
  EXPECT_EQ(queue.front().size(), 1u);
}

TEST(OutputQueue, ALargeBodyIsMovedAndNotCopied) {
  OutputQueue queue;
  Command command = with_body(100'000);
  const std::byte* const where = command.body.data();
  ASSERT_TRUE(queue.append(std::move(command), SerializeType::json));
  ASSERT_EQ(queue.front().size(), 2u);
  EXPECT_EQ(queue.front()[1].data(), where);
}

TEST(OutputQueue, WhatDoesNotFitAFrameIsRefusedAndLeavesNothing) {
  OutputQueue queue;
  ASSERT_TRUE(queue.append(with_body(100), SerializeType::json));
  const std::size_t before = queue.bytes();
  EXPECT_EQ(queue.append(with_body(model::protocol::frame_bytes_max), SerializeType::json).error().code,
            Errc::too_large);
  EXPECT_EQ(queue.bytes(), before);
  EXPECT_EQ(queue.front().front().size(), before);
}

TEST(OutputQueue, ClearForgetsEverything) {
  OutputQueue queue;
  ASSERT_TRUE(queue.append(with_body(5000), SerializeType::json));
  queue.consume(10);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.front().empty());
}

RC_GTEST_PROP(OutputQueue, YieldsTheFramesInOrderHoweverItIsDrained, ()) {
  OutputQueue queue;
  Buffer expected;
  Buffer drained;
  const auto drain = [&](std::size_t most) {
    std::size_t taken = 0;
    for (const Bytes piece : queue.front()) {
      const Bytes part = piece.first(std::min(piece.size(), most - taken));
      drained.insert(drained.end(), part.begin(), part.end());
      taken += part.size();
    }
    queue.consume(taken);
  };
  for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100))) {
    if (step < 50) {
      const auto type = step % 2 == 0 ? SerializeType::json : SerializeType::rocketmq;
      Command command = with_body(static_cast<std::size_t>(step) * 150);
      const Buffer frame = encode(command, type);
      expected.insert(expected.end(), frame.begin(), frame.end());
      RC_ASSERT(queue.append(std::move(command), type).has_value());
    } else {
      drain(static_cast<std::size_t>(step - 50) * 300);
    }
    RC_ASSERT(queue.bytes() == expected.size() - drained.size());
  }
  while (!queue.empty()) drain(SIZE_MAX);
  RC_ASSERT(drained == expected);
}

}  // namespace
}  // namespace gantry::runtime::remoting

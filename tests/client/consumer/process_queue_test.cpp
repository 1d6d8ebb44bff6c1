#include "client/consumer/process_queue.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::client::consumer {
namespace {

MessagePtr at(std::int64_t offset) {
  auto message = std::make_shared<ReceivedMessage>();
  message->queue_offset = offset;
  message->body = Buffer(10);
  return message;
}

TEST(ProcessQueue, CommitsTheSmallestThatIsNotConsumed) {
  ProcessQueue queue(5);
  EXPECT_EQ(queue.commit_offset(), 5);
  queue.add({at(5), at(6), at(8)}, 9);  // 7 did not pass the filter
  queue.remove({at(6)});
  EXPECT_EQ(queue.commit_offset(), 5);
  queue.remove({at(5)});
  EXPECT_EQ(queue.commit_offset(), 8);
  queue.remove({at(8)});
  EXPECT_EQ(queue.commit_offset(), 9);
}

TEST(ProcessQueue, MovesOnOverWhatTheFilterRejected) {
  ProcessQueue queue(0);
  queue.add({}, 100);
  EXPECT_EQ(queue.commit_offset(), 100);
}

TEST(ProcessQueue, CountsWhatItHolds) {
  ProcessQueue queue(0);
  queue.add({at(0), at(1), at(9)}, 10);
  EXPECT_EQ(queue.count(), 3u);
  EXPECT_EQ(queue.bytes(), 30u);
  EXPECT_EQ(queue.span(), 9);
  queue.remove({at(9), at(9)});
  EXPECT_EQ(queue.bytes(), 20u);
}

/// Whatever order the listener finishes in: below the commit offset all is consumed, and the
/// commit offset never moves back.
RC_GTEST_PROP(ProcessQueue, NothingBelowTheCommitOffsetIsUnconsumed, ()) {
  ProcessQueue queue(0);
  std::set<std::int64_t> open;
  std::int64_t next = 0, committed = 0;
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    if (open.empty() || *rc::gen::inRange(0, 3) == 0) {
      std::vector<MessagePtr> found;
      const int scanned = *rc::gen::inRange(0, 8);
      for (int n = 0; n < scanned; ++n, ++next) {
        if (*rc::gen::inRange(0, 4) == 0) continue;
        found.push_back(at(next));
        open.insert(next);
      }
      queue.add(found, next);
    } else {
      const auto chosen = std::next(open.begin(), *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(open)));
      queue.remove({at(*chosen)});
      open.erase(chosen);
    }
    RC_ASSERT(queue.commit_offset() == (open.empty() ? next : *open.begin()));
    RC_ASSERT(queue.commit_offset() >= committed);
    committed = queue.commit_offset();
  }
}

}  // namespace
}  // namespace gantry::client::consumer

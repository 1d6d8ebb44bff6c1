#include "runtime/asio/polling.h"

#include <gtest/gtest.h>

namespace gantry::runtime::asio {
namespace {

constexpr Duration longest = 200us;

/// A node whose time is told to it.
class Node {
 public:
  /// Works for so long; returns how long it may poll then.
  Duration work(Duration time) {
    now_ = now_ + time;
    const Instant until = polling_.idle(now_);
    return until - now_;
  }
  /// Polls for so long, in looks of a microsecond.
  void poll(Duration time, bool found) {
    for (Duration taken{0}; taken < time; taken += 1us) look(1us);
    polling_.ended(found);
  }
  void look(Duration time) {
    now_ = now_ + time;
    polling_.looked(now_);
  }
  void end(bool found) { polling_.ended(found); }
  /// Blocks for so long.
  void block(Duration time) {
    now_ = now_ + time;
    polling_.woken(now_);
  }

 private:
  Instant now_{1'000'000};
  Polling polling_{longest};
};

TEST(Polling, BeginsWhenWorkHasPaidForAWholePoll) {
  Node node;
  int works = 0;
  while (node.work(50us) == 0us) {
    node.block(1ms);
    ASSERT_LT(++works, 1000);
  }
  EXPECT_GE(works * 50us / 16, longest - 50us);
}

TEST(Polling, GoesOnForEverWhileItFindsWork) {
  Node node;
  while (node.work(50us) == 0us) node.block(10us);
  for (int i = 0; i < 10'000; ++i) {
    node.poll(40us, true);
    ASSERT_EQ(node.work(20us), longest) << i;
  }
}

TEST(Polling, InVainItCostsAtMostASixteenthOfTheWork) {
  Node node;
  Duration polled{0}, worked{0};
  for (int i = 0; i < 100'000; ++i) {
    worked += 30us;
    if (const Duration may = node.work(30us); may > 0us) {
      node.poll(may, false);
      polled += may;
    }
    node.block(1ms);
  }
  EXPECT_LE(polled, worked / 16 + longest);
  EXPECT_GT(polled, 0us);
}

TEST(Polling, TheTimeOfANeighbourIsNoCost) {
  Node node;
  while (node.work(50us) == 0us) node.block(10us);
  for (int i = 0; i < 1000; ++i) {
    node.look(4ms);  // another program had the core
    node.end(true);
    ASSERT_GT(node.work(50us), 0us) << i;
  }
}

TEST(Polling, WithoutALongestPollThereIsNone) {
  Polling polling(Duration(0));
  EXPECT_EQ(polling.idle(Instant{1'000'000}), Instant{1'000'000});
}

}  // namespace
}  // namespace gantry::runtime::asio

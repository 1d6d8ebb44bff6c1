#include <gantry/rebalance.h>

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gantry::rebalance {
namespace {

std::vector<MessageQueue> queues(int count) {
  std::vector<MessageQueue> all;
  for (int i = 0; i < count; ++i) all.push_back({"T", "broker-a", i});
  return all;
}

std::vector<std::string> members(int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back("10.0.0.9@" + std::to_string(100 + i));
  return all;
}

std::vector<int> ids(const std::vector<MessageQueue>& some) {
  std::vector<int> all;
  for (const auto& queue : some) all.push_back(queue.queue_id);
  return all;
}

/// Each queue has one owner, and nobody has two more than somebody else.
void owned_exactly_once(const Strategy& strategy) {
  const int queue_count = *rc::gen::inRange(0, 40);
  const int member_count = *rc::gen::inRange(1, 20);
  std::map<MessageQueue, int> owners;
  std::size_t most = 0, least = SIZE_MAX;
  for (const std::string& self : members(member_count)) {
    const auto share = strategy(queues(queue_count), members(member_count), self);
    for (const auto& queue : share) ++owners[queue];
    most = std::max(most, share.size());
    least = std::min(least, share.size());
  }
  RC_ASSERT(owners.size() == static_cast<std::size_t>(queue_count));
  RC_ASSERT(std::ranges::all_of(owners, [](const auto& owner) { return owner.second == 1; }));
  RC_ASSERT(most - least <= 1u);
}

RC_GTEST_PROP(Average, OwnsEachQueueExactlyOnce, ()) {
  owned_exactly_once(average);
}
RC_GTEST_PROP(AverageByCircle, OwnsEachQueueExactlyOnce, ()) {
  owned_exactly_once(average_by_circle);
}

TEST(Average, GivesRunsAndTheFirstMembersOneMore) {
  EXPECT_EQ(ids(average(queues(8), members(3), members(3)[0])), (std::vector{0, 1, 2}));
  EXPECT_EQ(ids(average(queues(8), members(3), members(3)[1])), (std::vector{3, 4, 5}));
  EXPECT_EQ(ids(average(queues(8), members(3), members(3)[2])), (std::vector{6, 7}));
  EXPECT_EQ(ids(average(queues(2), members(3), members(3)[1])), (std::vector{1}));
  EXPECT_TRUE(average(queues(2), members(3), members(3)[2]).empty());
}

TEST(AverageByCircle, DealsLikeCards) {
  EXPECT_EQ(ids(average_by_circle(queues(8), members(3), members(3)[1])), (std::vector{1, 4, 7}));
}

TEST(Strategies, GiveNothingToAStranger) {
  EXPECT_TRUE(average(queues(8), members(3), "10.0.0.9@999").empty());
  EXPECT_TRUE(average(queues(8), {}, "10.0.0.9@100").empty());
  EXPECT_TRUE(average_by_circle(queues(8), members(3), "10.0.0.9@999").empty());
}

}  // namespace
}  // namespace gantry::rebalance

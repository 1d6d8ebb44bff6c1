#include "model/delivery/pulls.h"

#include <gtest/gtest.h>

namespace gantry::model::delivery {
namespace {

TEST(Pulls, TheVerdictFollowsFromWhatWasFoundAndFromWhereTheConsumerIs) {
  struct Row {
    GetStatus status;
    PullVerdict at_the_beginning;  // asked for queue offset 0
    PullVerdict further;
    std::string_view name;
  };
  const Row rows[] = {
      {GetStatus::found, PullVerdict::found, PullVerdict::found, "FOUND"},
      {GetStatus::no_matched_message, PullVerdict::retry_at_once, PullVerdict::retry_at_once,
       "NO_MATCHED_MESSAGE"},
      {GetStatus::message_was_removing, PullVerdict::retry_at_once, PullVerdict::retry_at_once,
       "MESSAGE_WAS_REMOVING"},
      {GetStatus::offset_found_null, PullVerdict::nothing_yet, PullVerdict::nothing_yet, "OFFSET_FOUND_NULL"},
      {GetStatus::offset_overflow_badly, PullVerdict::moved, PullVerdict::moved, "OFFSET_OVERFLOW_BADLY"},
      {GetStatus::offset_overflow_one, PullVerdict::nothing_yet, PullVerdict::nothing_yet,
       "OFFSET_OVERFLOW_ONE"},
      {GetStatus::offset_too_small, PullVerdict::moved, PullVerdict::moved, "OFFSET_TOO_SMALL"},
      {GetStatus::no_matched_logic_queue, PullVerdict::nothing_yet, PullVerdict::moved,
       "NO_MATCHED_LOGIC_QUEUE"},
      {GetStatus::no_message_in_queue, PullVerdict::nothing_yet, PullVerdict::moved, "NO_MESSAGE_IN_QUEUE"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(verdict_of(row.status, 0), row.at_the_beginning) << row.name;
    EXPECT_EQ(verdict_of(row.status, 7), row.further) << row.name;
    EXPECT_EQ(verdict_of(row.status, -1), row.further) << row.name;
    EXPECT_EQ(name_of(row.status), row.name);
  }
}

TEST(Pulls, WhatArrivedWhileTheQueueWasReadIsNewsUnlessItCannotBeRead) {
  EXPECT_TRUE(still_nothing(GetStatus::offset_overflow_one, 5, 5));
  EXPECT_FALSE(still_nothing(GetStatus::offset_overflow_one, 5, 6));
  EXPECT_TRUE(still_nothing(GetStatus::no_matched_logic_queue, 0, 0));
  EXPECT_FALSE(still_nothing(GetStatus::no_message_in_queue, 0, 1));
  EXPECT_TRUE(still_nothing(GetStatus::offset_found_null, 5, 9));
}

TEST(Pulls, NumbersOfAPullAreBounded) {
  EXPECT_EQ(messages_of_pull(32), 32);
  EXPECT_EQ(messages_of_pull(0), 1);
  EXPECT_EQ(messages_of_pull(INT32_MIN), 1);
  EXPECT_EQ(messages_of_pull(INT32_MAX), 1024);

  constexpr std::int64_t minutes_10 = 600'000;
  EXPECT_EQ(wait_ms_of_pull(15'000, true, 1000), 15'000);
  EXPECT_EQ(wait_ms_of_pull(INT64_MAX, true, 1000), minutes_10);
  EXPECT_EQ(wait_ms_of_pull(15'000, false, 1000), 1000);
  EXPECT_EQ(wait_ms_of_pull(10, false, 1000), 1000) << "whatever the client asked for";
}

}  // namespace
}  // namespace gantry::model::delivery

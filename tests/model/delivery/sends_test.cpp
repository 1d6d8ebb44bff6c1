#include "model/delivery/sends.h"

#include <gtest/gtest.h>

#include "model/message/sys_flag.h"

namespace gantry::model::delivery {
namespace {

namespace sys_flag = message::sys_flag;

/// The reason of a refusal, or nothing for what is taken.
std::optional<Reason> reason_of(const std::optional<Refusal>& refusal) {
  return refusal ? std::optional(refusal->reason) : std::nullopt;
}

route::TopicConfig topic(std::int32_t write_queues, std::int32_t read_queues, bool order = false) {
  route::TopicConfig made;
  made.topic_name = "TopicTest";
  made.write_queue_nums = write_queues;
  made.read_queue_nums = read_queues;
  made.order = order;
  return made;
}

TEST(Sends, WhatTheBrokerSaysAboutAllMessagesComesFirst) {
  const route::TopicConfig plain = topic(4, 4);
  const route::TopicConfig ordered = topic(4, 4, true);
  const SendRules open{.broker = "10.0.0.1"};
  const SendRules early{.broker = "10.0.0.1", .accepts_yet = false};
  const SendRules read_only{.broker = "10.0.0.1", .may_be_written = false};
  struct Row {
    SendRules rules;
    std::string_view topic;
    const route::TopicConfig* known;
    std::optional<Reason> refused;
  };
  const Row rows[] = {
      {open, "TopicTest", &plain, std::nullopt},
      {open, "TopicTest", nullptr, std::nullopt},
      {open, "%RETRY%CG", nullptr, std::nullopt},
      {open, "SCHEDULE_TOPIC_XXXX", nullptr, Reason::forbidden},
      {open, "RMQ_SYS_TRANS_HALF_TOPIC", nullptr, Reason::forbidden},
      {early, "TopicTest", &plain, Reason::invalid},
      {read_only, "TopicTest", &plain, std::nullopt},
      {read_only, "TopicTest", nullptr, std::nullopt},
      {read_only, "TopicTest", &ordered, Reason::forbidden},
  };
  for (const Row& row : rows)
    EXPECT_EQ(reason_of(check_send(row.rules, row.topic, row.known)), row.refused)
        << row.topic << " " << row.rules.accepts_yet << row.rules.may_be_written;
}

TEST(Sends, OnlyBitsOfSysFlagThatAClientMaySetAreTaken) {
  struct Row {
    std::int32_t flags;
    bool batch;
    std::optional<Reason> refused;
  };
  const Row rows[] = {
      {0, false, std::nullopt},
      {0, true, std::nullopt},
      {sys_flag::compressed | sys_flag::compression_zstd, false, std::nullopt},
      {sys_flag::compression_zlib, true, std::nullopt},
      {sys_flag::compression_mask, false, Reason::illegal_message},
      {sys_flag::born_host_v6 | sys_flag::store_host_v6, false, std::nullopt},
      {sys_flag::prepared, false, std::nullopt},
      {sys_flag::prepared, true, Reason::illegal_message},
      {sys_flag::commit, false, Reason::illegal_message},
      {sys_flag::rollback, false, Reason::illegal_message},
      {sys_flag::inner_batch, false, Reason::illegal_message},
      {1 << 20, false, Reason::illegal_message},
      {INT32_MIN, false, Reason::illegal_message},
  };
  for (const Row& row : rows)
    EXPECT_EQ(reason_of(check_sys_flag(row.flags, row.batch)), row.refused) << row.flags << " " << row.batch;
}

TEST(Sends, TheRecordsHostsAndTagsAreTheBrokersToDescribe) {
  using route::TopicFilterType;
  EXPECT_EQ(stored_sys_flag(0, TopicFilterType::single_tag), 0);
  EXPECT_EQ(stored_sys_flag(sys_flag::compressed | sys_flag::born_host_v6 | sys_flag::store_host_v6,
                            TopicFilterType::single_tag),
            sys_flag::compressed);
  EXPECT_EQ(stored_sys_flag(0, TopicFilterType::multi_tag), sys_flag::multi_tags);
  EXPECT_EQ(stored_sys_flag(sys_flag::multi_tags, TopicFilterType::single_tag), sys_flag::multi_tags);
}

TEST(Sends, AMessageThatThisBrokerCannotDeliverAsAskedIsRefused) {
  struct Row {
    ReadProperties properties;
    std::optional<Reason> refused;
  };
  const Row rows[] = {
      {{}, std::nullopt},
      {{.wait = false}, std::nullopt},
      {{.half = true}, Reason::forbidden},
      {{.delay = "0"}, std::nullopt},
      {{.delay = "-1"}, std::nullopt},
      {{.delay = "soon"}, std::nullopt},
      {{.delay = "1"}, Reason::illegal_message},
      {{.delay = "18"}, Reason::illegal_message},
  };
  for (const Row& row : rows)
    EXPECT_EQ(reason_of(check_properties(row.properties, "10.0.0.1")), row.refused) << row.properties.delay;
}

TEST(Sends, AQueueIsTheOneThatWasNamedOrAnyThatCanBeWrittenTo) {
  struct Row {
    std::int32_t asked;
    std::int32_t write_queues;
    std::int32_t read_queues;
    QueueChoice choice;
  };
  const Row rows[] = {
      {0, 4, 4, QueueChoice::as_asked},     {3, 4, 4, QueueChoice::as_asked},
      {4, 4, 4, QueueChoice::no_such},      {INT32_MAX, 4, 4, QueueChoice::no_such},
      {-1, 4, 4, QueueChoice::any_of_them}, {INT32_MIN, 4, 4, QueueChoice::any_of_them},
      {6, 4, 8, QueueChoice::as_asked},     {8, 4, 8, QueueChoice::no_such},
      {6, 8, 4, QueueChoice::as_asked},     {-1, 0, 4, QueueChoice::none},
      {2, 0, 4, QueueChoice::as_asked},     {0, 0, 0, QueueChoice::no_such},
  };
  for (const Row& row : rows)
    EXPECT_EQ(choose_queue(row.asked, topic(row.write_queues, row.read_queues)), row.choice)
        << row.asked << " of " << row.write_queues << " and " << row.read_queues;
}

TEST(Sends, WhatWasTriedAsOftenAsAllowedIsADeadLetter) {
  EXPECT_FALSE(is_dead_letter(0, 16, std::nullopt));
  EXPECT_FALSE(is_dead_letter(15, 16, std::nullopt));
  EXPECT_TRUE(is_dead_letter(16, 16, std::nullopt));
  EXPECT_TRUE(is_dead_letter(3, 16, 3)) << "the client allows fewer";
  EXPECT_FALSE(is_dead_letter(16, 16, 17)) << "and more";
  EXPECT_TRUE(is_dead_letter(0, 0, std::nullopt)) << "a group without retries";
}

TEST(Sends, NotSavedSaysWhatTheDiskSaid) {
  EXPECT_EQ(not_saved(Reason::unavailable, "the topic", Error(Errc::busy, "Too many open files")),
            (Refusal{Reason::unavailable, "the topic cannot be saved: busy, Too many open files"}));
  EXPECT_EQ(not_saved(Reason::not_saved, "the group", Errc::no_space).why,
            "the group cannot be saved: no_space");
}

}  // namespace
}  // namespace gantry::model::delivery

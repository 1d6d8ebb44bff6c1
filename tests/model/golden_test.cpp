// What RocketMQ's own Java 4.9.7 wrote, byte for byte; tests/golden/record says how.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "model/base/lz4.h"
#include "model/base/zlib.h"
#include "model/base/zstd.h"
#include "model/layout/checkpoint.h"
#include "model/layout/consume_queue.h"
#include "model/layout/received.h"
#include "model/message/batch.h"
#include "model/message/message_id.h"
#include "model/message/property_names.h"
#include "model/message/sys_flag.h"
#include "model/message/tags_code.h"
#include "model/protocol/bodies/consumer_state.h"
#include "model/protocol/bodies/heartbeat.h"
#include "model/protocol/bodies/offsets.h"
#include "model/protocol/bodies/stats.h"
#include "model/protocol/bodies/subscription_group.h"
#include "model/protocol/headers.h"
#include "model/route/register_broker.h"
#include "model/route/topic_route.h"

namespace gantry::model {
namespace {

std::string golden(const std::string& name) {
  std::ifstream file(GANTRY_GOLDEN + name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

TEST(Golden, ASendRequestIsReadInBothForms) {
  for (const std::string form : {"json", "rocketmq"}) {
    const std::string frame = golden("send_request_" + form + ".bin");
    protocol::CommandView view;
    ASSERT_TRUE(protocol::decode(as_bytes(frame), view));
    EXPECT_EQ(view.opaque, 4711);
    EXPECT_EQ(view.version, 407);
    EXPECT_EQ(as_text(view.body), "hello");
    const auto send = protocol::read_send_header(view).value();
    EXPECT_EQ(send.producer_group, "PG");
    EXPECT_EQ(send.topic, "TopicA");
    EXPECT_EQ(send.queue_id, 3);
    EXPECT_EQ(send.born_timestamp, 1'690'000'000'000);
    EXPECT_EQ(send.flag, 7);
    EXPECT_EQ(message::property(send.properties, "KEYS"), "k1 k2");
    EXPECT_EQ(message::property(send.properties, "TAGS"), "TagA");
    EXPECT_EQ(message::property(send.properties, "name"), "\u4e2d\u6587 \"quoted\" \\");
  }
}

TEST(Golden, AnErrorResponseIsReadInBothForms) {
  for (const std::string form : {"json", "rocketmq"}) {
    const std::string frame = golden("error_response_" + form + ".bin");
    protocol::CommandView view;
    ASSERT_TRUE(protocol::decode(as_bytes(frame), view));
    EXPECT_TRUE(view.is_response());
    EXPECT_EQ(view.code, 17);
    EXPECT_EQ(view.remark, "topic[X] not exist, \"apply\" first\n");
  }
}

TEST(Golden, OurBinaryFormIsTheSame) {
  for (const std::string name : {"send_request_rocketmq.bin", "error_response_rocketmq.bin"}) {
    const std::string frame = golden(name);
    protocol::CommandView view;
    ASSERT_TRUE(protocol::decode(as_bytes(frame), view));
    EXPECT_EQ(as_text(encode(view.to_command(), protocol::SerializeType::rocketmq)), frame) << name;
  }
}

TEST(Golden, OurJsonIsTheSameButForTheFormsName) {
  for (const std::string name : {"send_request_json.bin", "error_response_json.bin"}) {
    std::string frame = golden(name);
    protocol::CommandView view;
    ASSERT_TRUE(protocol::decode(as_bytes(frame), view));
    std::string header = frame.substr(8, frame.size() - 8 - view.body.size());
    const std::string form = R"("serializeTypeCurrentRPC":"JSON",)";
    header.erase(header.find(form), form.size());
    if (view.is_response()) header.insert(header.find(R"("flag")"), R"("extFields":{},)");
    const Buffer ours = encode(view.to_command());
    EXPECT_EQ(as_text(Bytes(ours).subspan(8)), header + std::string(as_text(view.body)));
  }
}

TEST(Golden, PropertiesAreParsed) {
  const message::PropertyMap expected = {{"KEYS", "k1 k2"},
                                         {"TAGS", "TagA"},
                                         {"UNIQ_KEY", "0A010203ABCD0102030447B7607BFFFE"},
                                         {"name", "\u4e2d\u6587"}};
  EXPECT_EQ(message::parse_properties(golden("properties.bin")), expected);
}

TEST(Golden, ABatchIsReadAndWrittenTheSame) {
  const std::string body = golden("batch_body.bin");
  message::BatchReader reader(as_bytes(body));
  Buffer again;
  std::int32_t count = 0;
  for (auto item = reader.next().value(); item; item = reader.next().value(), ++count) {
    EXPECT_EQ(item->flag, count);
    EXPECT_EQ(as_text(item->body), "body " + std::to_string(count));
    EXPECT_EQ(message::property(item->properties, "TAGS"), "Tag" + std::to_string(count));
    message::append_batch_item(*item, again);
  }
  EXPECT_EQ(count, 3);
  EXPECT_EQ(as_text(again), body);
}

TEST(Golden, AUniqKeyTellsItsTime) {
  std::istringstream line(golden("uniq_key.txt"));
  std::string key;
  std::int64_t now = 0;
  line >> key >> now;
  const auto made = message::creation_time_of(key, now);
  ASSERT_TRUE(made);
  EXPECT_LE(now - *made, 1000);
}

/// The records of the log, each checked as recovery does.
std::vector<layout::Record> records(const std::string& log) {
  std::vector<layout::Record> found;
  for (std::size_t at = 0; at < log.size(); at += found.back().size)
    found.push_back(layout::check_record(as_bytes(log).subspan(at), static_cast<std::int64_t>(at)).value());
  return found;
}

TEST(Golden, RecordsOfAJavaStoreAreReadAndWrittenTheSame) {
  const std::string log = golden("records.bin");
  Buffer again;
  for (const layout::Record& record : records(log)) layout::append_record(record, again);
  EXPECT_EQ(as_text(again), log);
}

TEST(Golden, MessagesOfAJavaStoreAreWhatWasSent) {
  const std::string log = golden("records.bin");
  const auto messages = layout::read_records(as_bytes(log), "broker-a").messages;
  ASSERT_EQ(messages.size(), 10u);
  EXPECT_EQ(as_text(messages[0].body), "hello gantry");
  EXPECT_EQ(messages[0].flag, 7);
  EXPECT_EQ(messages[0].property("name"), "\u4e2d\u6587");
  EXPECT_EQ(messages[0].property(message::property_name::cluster), "DefaultCluster");
  EXPECT_EQ(messages[0].offset_message_id() + "\n", golden("offset_message_id.txt"));
  EXPECT_EQ(as_text(messages[1].body), std::string(5000, 'x'));
  EXPECT_EQ(messages[5].topic, "SCHEDULE_TOPIC_XXXX");
  EXPECT_EQ(messages[7].prepared_transaction_offset, messages[6].physical_offset);
  EXPECT_EQ(message::sys_flag::transaction_of(messages[7].sys_flag), message::sys_flag::commit);
}

TEST(Golden, BodiesThatAJavaProducerCompressedAreUnpacked) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "a body that is worth compressing, ";
  for (const auto& [name, unpack] :
       {std::pair{"body_zlib.bin", &inflate}, std::pair{"body_lz4.bin", &unpack_lz4},
        std::pair{"body_zstd.bin", &unpack_zstd}}) {
    const std::string packed = golden(name);
    EXPECT_EQ(as_text(unpack(as_bytes(packed), text.size()).value()), text) << name;
  }
}

TEST(Golden, AQueueOfAJavaStoreIsWhatItsRecordsSay) {
  const std::string log = golden("records.bin");
  Buffer expected;
  for (const layout::Record& record : records(log)) {
    if (record.topic != "Golden" || !message::sys_flag::in_queue(record.sys_flag)) continue;
    EXPECT_EQ(record.queue_offset * 20, static_cast<std::int64_t>(expected.size()));
    const auto tag = message::property(record.properties, "TAGS").value();
    layout::append_entries(
        std::array{layout::QueueEntry{record.physical_offset, static_cast<std::int32_t>(record.size),
                                      message::tags_code(tag)}},
        expected);
  }
  EXPECT_EQ(as_text(expected), golden("consume_queue.bin"));
}

TEST(Golden, AnEntryOfADelayedMessageHoldsItsDeliveryTime) {
  const std::string log = golden("records.bin");
  const layout::Record delayed = records(log)[5];
  const layout::QueueEntry entry = layout::read_entry(as_bytes(golden("schedule_queue.bin")));
  EXPECT_EQ(entry.physical_offset, delayed.physical_offset);
  EXPECT_EQ(entry.tags_code, delayed.store_timestamp + 1000);
}

TEST(Golden, TheCheckpointIsReadAndWrittenTheSame) {
  const std::string file = golden("checkpoint.bin");
  const layout::Checkpoint checkpoint = layout::read_checkpoint(as_bytes(file)).value();
  const std::string log = golden("records.bin");
  EXPECT_EQ(checkpoint.physic_timestamp, records(log).back().store_timestamp);
  EXPECT_EQ(as_text(encode(checkpoint)), file);
}

TEST(Golden, ARegistrationIsReadInBothFormsAndWrittenTheSame) {
  const std::string text = golden("register_body.json");
  const auto plain = route::read_register_body(as_bytes(text), false).value();
  EXPECT_EQ(as_text(route::encode(plain, false)), text);
  const std::string small = golden("register_body.zlib");
  EXPECT_EQ(route::read_register_body(as_bytes(small), true).value(), plain);
  EXPECT_EQ(inflate(route::encode(plain, true), 4096).value().size(),
            inflate(as_bytes(small), 4096).value().size());
}

template <class T>
void expect_same(const std::string& name) {
  const std::string text = golden(name);
  const auto value = protocol::read_body<T>(text);
  ASSERT_TRUE(value) << name;
  EXPECT_EQ(protocol::write_text(*value), text);
}

TEST(Golden, BodiesAreReadAndWrittenTheSame) {
  using namespace protocol::bodies;
  expect_same<HeartbeatData>("heartbeat.json");
  expect_same<ConsumeStats>("consume_stats.json");
  expect_same<TopicStatsTable>("topic_stats.json");
  expect_same<ResetOffsetBody>("reset_offset.json");
  expect_same<LockBatchRequest>("lock_request.json");
  expect_same<ConsumerRunningInfo>("running_info.json");
}

TEST(Golden, ARouteIsReadAndWrittenTheSame) {
  const std::string text = golden("route.json");
  const auto route = protocol::read_body<route::TopicRouteData>(text).value();
  EXPECT_EQ(route.broker_datas.at(0).broker_addrs.at(1), "10.0.0.2:10911");
  EXPECT_EQ(protocol::write_text(route), text);
}

TEST(Golden, ConfigurationOfAJavaBrokerIsRead) {
  using namespace protocol::bodies;
  const auto topics = protocol::read_body<route::TopicConfigTable>(golden("config_topics.json")).value();
  EXPECT_EQ(topics.topics.at("Golden").write_queue_nums, 1);
  EXPECT_EQ(topics.topics.at("TBW102").perm, 7);
  const auto groups =
      protocol::read_body<SubscriptionGroupTable>(golden("config_subscriptionGroup.json")).value();
  EXPECT_EQ(groups.groups.at("GoldenGroup").retry_max_times, 16);
  const auto offsets = protocol::read_body<ConsumerOffsetTable>(golden("config_consumerOffset.json")).value();
  EXPECT_EQ(offsets.offsets.at("Golden@GoldenGroup").at(0), 3);
  const auto delays = protocol::read_body<DelayOffsetTable>(golden("config_delayOffset.json")).value();
  EXPECT_EQ(delays.offsets.at(1), 1);
}

}  // namespace
}  // namespace gantry::model

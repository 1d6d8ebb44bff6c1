#include "model/protocol/bodies/connections.h"
#include "model/protocol/bodies/consumer_state.h"
#include "model/protocol/bodies/heartbeat.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/bodies/offsets.h"
#include "model/protocol/bodies/stats.h"
#include "model/protocol/bodies/subscription_group.h"
#include "model/protocol/json.h"
#include "model/route/register_broker.h"
#include "model/route/topic_route.h"
#include "tests/fuzz/input.h"

namespace {

using namespace gantry::model;

template <class... Bodies>
struct List {};
using AllBodies =
    List<protocol::bodies::ConsumerConnection, protocol::bodies::ProducerConnection,
         protocol::bodies::ProducerTableInfo, protocol::bodies::ConsumerIdList,
         protocol::bodies::ConsumerRunningInfo, protocol::bodies::ConsumeDirectlyResult,
         protocol::bodies::HeartbeatData, protocol::bodies::CheckClientConfig, protocol::bodies::GroupList,
         protocol::bodies::TopicList, protocol::bodies::KvTable, protocol::bodies::ConsumerOffsetTable,
         protocol::bodies::DelayOffsetTable, protocol::bodies::CorrectionOffsets,
         protocol::bodies::LockBatchRequest, protocol::bodies::LockBatchResponse,
         protocol::bodies::ResetOffsetBody, protocol::bodies::ConsumerStatusBody,
         protocol::bodies::ConsumeStats, protocol::bodies::TopicStatsTable,
         protocol::bodies::ConsumeStatsList, protocol::bodies::ConsumeTimeSpan,
         protocol::bodies::BrokerStatsData, protocol::bodies::SubscriptionGroupTable, route::TopicRouteData,
         route::ClusterInfo, route::TopicConfigTable, route::DataVersion>;

/// What was understood once is understood the same way when we write it.
template <class Body>
void feed(const protocol::Json& json) {
  Body body{};
  if (!protocol::JsonBody<Body>::from(json, body)) return;
  Body again{};
  const bool read = protocol::JsonBody<Body>::from(protocol::JsonBody<Body>::to(body), again);
  gantry::invariant(read && again == body, "a body survives its own encoding");
}

template <class... Bodies>
void feed_all(List<Bodies...>, const protocol::Json& json) {
  (feed<Bodies>(json), ...);
}

}  // namespace

// Every kind of body, from the same JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto json = protocol::parse_json(gantry::fuzz::input(data, size), {.values = 10'000}))
    feed_all(AllBodies{}, *json);
  return 0;
}

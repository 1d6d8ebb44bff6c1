// The JSON of every body that has a header here, compiled once for everybody.
#include "model/protocol/bodies/connections.h"
#include "model/protocol/bodies/consumer_state.h"
#include "model/protocol/bodies/heartbeat.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/bodies/offsets.h"
#include "model/protocol/bodies/stats.h"
#include "model/protocol/bodies/subscription_group.h"
#include "model/protocol/json_codec.h"

namespace gantry::model::protocol {

template struct JsonBody<bodies::ConsumerConnection>;
template struct JsonBody<bodies::ProducerConnection>;
template struct JsonBody<bodies::ProducerTableInfo>;
template struct JsonBody<bodies::ConsumerIdList>;
template struct JsonBody<bodies::ConsumerRunningInfo>;
template struct JsonBody<bodies::ConsumeDirectlyResult>;
template struct JsonBody<bodies::HeartbeatData>;
template struct JsonBody<bodies::CheckClientConfig>;
template struct JsonBody<bodies::GroupList>;
template struct JsonBody<bodies::TopicList>;
template struct JsonBody<bodies::KvTable>;
template struct JsonBody<bodies::ConsumerOffsetTable>;
template struct JsonBody<bodies::DelayOffsetTable>;
template struct JsonBody<bodies::CorrectionOffsets>;
template struct JsonBody<bodies::LockBatchRequest>;
template struct JsonBody<bodies::LockBatchResponse>;
template struct JsonBody<bodies::ResetOffsetBody>;
template struct JsonBody<bodies::ClientStatus>;
template struct JsonBody<bodies::ConsumerStatusBody>;
template struct JsonBody<bodies::ConsumeStats>;
template struct JsonBody<bodies::TopicStatsTable>;
template struct JsonBody<bodies::ConsumeStatsList>;
template struct JsonBody<bodies::ConsumeTimeSpan>;
template struct JsonBody<bodies::BrokerStatsData>;
template struct JsonBody<bodies::SubscriptionGroupConfig>;
template struct JsonBody<bodies::SubscriptionGroupTable>;

}  // namespace gantry::model::protocol

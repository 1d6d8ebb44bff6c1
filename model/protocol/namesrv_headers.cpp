#include "model/protocol/namesrv_headers.h"

#include "model/protocol/header_codec.h"

namespace gantry::model::protocol {

template struct HeaderFields<RegisterBrokerHeader>;
template struct HeaderFields<RegisterBrokerResponseHeader>;
template struct HeaderFields<BrokerHeader>;
template struct HeaderFields<QueryDataVersionResponseHeader>;
template struct HeaderFields<RouteInfoHeader>;
template struct HeaderFields<PutKvConfigHeader>;
template struct HeaderFields<KvConfigHeader>;
template struct HeaderFields<KvConfigResponseHeader>;
template struct HeaderFields<KvListHeader>;
template struct HeaderFields<BrokerNameHeader>;
template struct HeaderFields<WipeWritePermResponseHeader>;
template struct HeaderFields<AddWritePermResponseHeader>;
template struct HeaderFields<DeleteTopicInNamesrvHeader>;
template struct HeaderFields<TopicsByClusterHeader>;

}  // namespace gantry::model::protocol

// The JSON of routes and registrations, compiled once for everybody.
#include "model/protocol/json_codec.h"
#include "model/route/register_broker.h"
#include "model/route/topic_route.h"

namespace gantry::model::protocol {

template struct JsonBody<route::TopicRouteData>;
template struct JsonBody<route::ClusterInfo>;
template struct JsonBody<route::TopicConfigTable>;
template struct JsonBody<route::DataVersion>;
template struct JsonBody<route::RegisterBrokerBody>;
template struct JsonBody<route::TopicFilterType>;    // in a line of a compressed registration
template struct JsonBody<std::vector<std::string>>;  // the filter servers in a registration

}  // namespace gantry::model::protocol

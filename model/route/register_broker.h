#pragma once

#include <string>
#include <vector>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/route/topic_config.h"

namespace gantry::model::route {

/// What a broker tells a NameServer when it registers; upstream RegisterBrokerBody.java.
struct RegisterBrokerBody {
  TopicConfigTable topic_config;
  std::vector<std::string> filter_servers;

  friend bool operator==(const RegisterBrokerBody&, const RegisterBrokerBody&) = default;
  static constexpr auto json_members() {
    return std::tuple(
        protocol::json_member("filterServerList", &RegisterBrokerBody::filter_servers),
        protocol::json_member("topicConfigSerializeWrapper", &RegisterBrokerBody::topic_config));
  }
};

/// What a compressed body may inflate to: more than a hundred thousand topics.
inline constexpr std::size_t register_body_bytes_max = 16u << 20;
/// What a body in JSON may make us spend: nine values for each of 55,000 topics, about 100 MB.
inline constexpr protocol::JsonLimits register_limits{.bytes = 16u << 20, .values = 500'000, .depth = 16};

/// The body in the form that the header's `compressed` announces. The compressed form is one zlib
/// stream of length-prefixed parts, and carries neither order nor topicSysFlag of a topic.
Buffer encode(const RegisterBrokerBody& body, bool compressed);

/// An empty body stands for no topics and version 0. Errors: `invalid`, `too_large`.
Result<RegisterBrokerBody> read_register_body(Bytes body, bool compressed);

}  // namespace gantry::model::route

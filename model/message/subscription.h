#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "model/base/result.h"
#include "model/protocol/json_body.h"

namespace gantry::model::message {

inline constexpr std::string_view subscribe_all = "*";
inline constexpr std::string_view expression_tag = "TAG";
inline constexpr std::string_view expression_sql92 = "SQL92";

/// What a consumer group wants of one topic, upstream SubscriptionData.java.
struct SubscriptionData {
  bool class_filter_mode = false;  ///< a filter server decides; always false today
  std::string topic;
  std::string sub_string;        ///< the expression as it was written
  std::set<std::string> tags;    ///< empty: all
  std::set<std::int32_t> codes;  ///< java_hash() of each tag
  std::int64_t sub_version = 0;  ///< wall time of the subscription; newer replaces older
  std::string expression_type{expression_tag};

  bool is_tag_expression() const { return expression_type.empty() || expression_type == expression_tag; }
  /// Whether a queue entry may match: what the broker can tell without the message. Codes of
  /// different tags may be equal. Only for tag expressions.
  bool may_match(std::int64_t tags_code) const {
    return class_filter_mode || sub_string == subscribe_all ||
           codes.contains(static_cast<std::int32_t>(tags_code));
  }
  /// Whether a message with this tag matches: what the consumer asks again. Empty = no tag.
  bool matches(std::string_view tag) const { return tags.empty() || tags.contains(std::string(tag)); }
  friend bool operator==(const SubscriptionData&, const SubscriptionData&) = default;
  static constexpr auto json_members() {
    using protocol::json_member;
    return std::tuple(json_member("classFilterMode", &SubscriptionData::class_filter_mode),
                      json_member("codeSet", &SubscriptionData::codes),
                      json_member("expressionType", &SubscriptionData::expression_type),
                      json_member("subString", &SubscriptionData::sub_string),
                      json_member("subVersion", &SubscriptionData::sub_version),
                      json_member("tagsSet", &SubscriptionData::tags),
                      json_member("topic", &SubscriptionData::topic));
  }
};

/// Reads a tag expression: empty or `*` for all, else tags joined by `||`. `sub_version` stays 0.
/// Errors: `invalid` when there are only separators. Upstream FilterAPI.buildSubscriptionData.
Result<SubscriptionData> parse_tag_expression(std::string_view topic, std::string_view expression);

}  // namespace gantry::model::message

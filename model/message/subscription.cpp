#include "model/message/subscription.h"

#include "model/message/tags_code.h"

namespace gantry::model::message {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<SubscriptionData> parse_tag_expression(std::string_view topic, std::string_view expression) {
  SubscriptionData data;
  data.topic = topic;
  if (expression.empty() || expression == subscribe_all) {
    data.sub_string = subscribe_all;
    return data;
  }
  data.sub_string = expression;
  bool any = false;
  for (bool more = true; more;) {
    const std::size_t end = expression.find("||");
    const std::string_view part = expression.substr(0, end);
    more = end != std::string_view::npos;
    if (more) expression.remove_prefix(end + 2);
    any = any || !part.empty();
    const std::string_view tag = trimmed(part);
    if (tag.empty()) continue;
    data.tags.emplace(tag);
    data.codes.insert(java_hash(tag));
  }
  if (!any) return Error(Errc::invalid, "the subscription has no tag between its separators");
  return data;
}

}  // namespace gantry::model::message

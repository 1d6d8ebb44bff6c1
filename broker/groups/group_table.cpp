#include "broker/groups/group_table.h"

#include "model/message/names.h"
#include "runtime/log.h"

namespace gantry::broker::groups {

GroupTable::GroupTable(runtime::Runtime runtime, const config::BrokerConfig& config)
    : clock_(runtime.clock),
      events_(runtime.events),
      config_(config),
      file_(runtime.tasks, runtime.disk, runtime.events,
            config.store_path_root_dir + "/config/subscriptionGroup.json",
            [this] { return model::protocol::write_text(table_, {.pretty = true}); }) {}

bool GroupTable::parse(std::string_view text) {
  auto read = model::protocol::read_body<model::protocol::bodies::SubscriptionGroupTable>(
      text, model::protocol::JsonLimits::own_file());
  if (!read) return false;
  table_ = std::move(*read);
  for (auto& [name, group] : table_.groups) group.group_name = name;
  return true;
}

Result<void> GroupTable::load() {
  if (auto loaded = file_.load([this](std::string_view text) { return parse(text); }); !loaded) return loaded;
  const auto add = [this](std::string_view name, bool broadcast) {
    if (find(name)) return;
    SubscriptionGroupConfig group;
    group.group_name = std::string(name);
    group.consume_broadcast_enable = group.consume_broadcast_enable || broadcast;
    table_.groups.emplace(group.group_name, group);
  };
  for (const auto name : {"TOOLS_CONSUMER", "FILTERSRV_CONSUMER", "SELF_TEST_C_GROUP"}) add(name, false);
  for (const auto name :
       {"CID_ONS-HTTP-PROXY", "CID_ONSAPI_PULL", "CID_ONSAPI_PERMISSION", "CID_ONSAPI_OWNER"})
    add(name, true);
  return {};
}

const SubscriptionGroupConfig* GroupTable::find(std::string_view group) const {
  const auto at = table_.groups.find(std::string(group));
  return at == table_.groups.end() ? nullptr : &at->second;
}

const SubscriptionGroupConfig* GroupTable::or_create(std::string_view group) {
  if (const auto* known = find(group)) return known;
  if (!config_.auto_create_subscription_group && !group.starts_with("CID_RMQ_SYS_")) return nullptr;
  if (full() || !model::message::check_group(group)) return nullptr;
  SubscriptionGroupConfig made;
  made.group_name = std::string(group);
  put(std::move(made));
  return find(group);
}

model::delivery::Refusal GroupTable::missing(std::string_view group) const {
  using model::delivery::Reason;
  if (const auto legal = model::message::check_group(group); !legal)
    return {Reason::invalid, legal.error().detail};
  if (full()) return {Reason::no_room, "the broker has as many subscription groups as it can keep"};
  return {Reason::no_group, fmt::format("subscription group [{}] does not exist", group)};
}

void GroupTable::put(SubscriptionGroupConfig group) {
  std::string name = group.group_name;
  const auto [at, fresh] = table_.groups.insert_or_assign(std::move(name), std::move(group));
  runtime::log(events_, runtime::Level::info, "group {}: {}", fresh ? "created" : "changed", at->first);
  touch();
}

bool GroupTable::remove(std::string_view group) {
  if (table_.groups.erase(std::string(group)) == 0) return false;
  runtime::log(events_, runtime::Level::info, "group deleted: {}", group);
  touch();
  return true;
}

void GroupTable::touch() {
  table_.data_version.timestamp = clock_.wall_now().ms;
  ++table_.data_version.counter;
  file_.changed();
}

}  // namespace gantry::broker::groups

#include "broker/administration/config_changes.h"

#include "runtime/log.h"

namespace gantry::broker::administration {

using model::delivery::Reason;

Outcome<void> ConfigChanges::check(const std::vector<config::Property>& wanted,
                                   const config::KeyTable& now) const {
  for (const config::Property& property : wanted) {
    if (config::is_listed(config_.config_black_list, property.key) || property.key == "configBlackList")
      return Refusal{Reason::forbidden, "Can not update config in black list."};
    const config::Key* key = config::find_key(property.key);
    if (key && !key->may_change && now.get(property.key) != property.value)
      return Refusal{Reason::forbidden, fmt::format("{} cannot change while the broker runs", property.key)};
  }
  return {};
}

Outcome<void> ConfigChanges::apply(std::string_view properties) {
  const std::vector<config::Property> wanted = config::parse_properties(properties);
  config::BrokerConfig changed = config_;
  const config::KeyTable keys = config::bind(changed);
  if (auto allowed = check(wanted, keys); !allowed) return allowed;
  for (const config::Diagnostic& diagnostic : keys.apply(wanted))
    if (diagnostic.severity != config::Severity::note)
      return Refusal{Reason::invalid, fmt::format("{}: {}", diagnostic.key, diagnostic.text)};

  const bool other_permission = changed.broker_permission != config_.broker_permission;
  const bool other_namesrvs = changed.namesrv_addr != config_.namesrv_addr;
  config_ = std::move(changed);
  if (other_permission) topics_.renew_version();
  const bool other_template = topics_.follow_config();
  ++count_;
  const config::KeyTable keys_now = config::bind(config_);
  for (const config::Property& property : wanted)
    if (config::find_key(property.key))
      runtime::log(events_, runtime::Level::info, "configuration changed: {}={}", property.key,
                   *keys_now.get(property.key));
  if (other_permission || other_namesrvs || other_template) announcer_.tell();
  return {};
}

}  // namespace gantry::broker::administration

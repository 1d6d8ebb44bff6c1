#include "broker/services/services.h"

namespace gantry::broker::services {
namespace {

using namespace std::chrono_literals;

constexpr auto member_scan_interval = 10s;
constexpr auto member_silence_max = 120s;

}  // namespace

Services::Services(runtime::Runtime runtime, config::BrokerConfig& config, store::MessageStore& store,
                   Tables& tables, topics::Announcer& announcer)
    : sending(runtime.clock, runtime.random, config, store, tables.topics, tables.groups, announcer),
      consuming(runtime.clock, runtime.events, config, store, tables.topics, tables.groups, tables.offsets,
                announcer),
      pulling(runtime, config, store, tables.topics, tables.groups, tables.offsets, consuming.consumers()),
      topic_changes(store, tables.topics, pulling, announcer),
      group_changes(tables.groups, tables.offsets),
      config_changes(config, tables.topics, announcer, runtime.events),
      progress(config, store, tables.topics, tables.offsets, consuming.consumers()),
      querying(store, tables.topics, tables.groups, tables.offsets),
      runtime_(runtime),
      config_(config),
      store_(store),
      tables_(tables),
      stopping_(runtime.tasks),
      fibers_(runtime.tasks) {}

Services::~Services() = default;

void Services::start() {
  store_.on_arrival([this](std::string_view topic, std::int32_t queue_id, store::QueueOffset next,
                           std::int64_t tags_code) { pulling.arrived(topic, queue_id, next, tags_code); });
  fibers_.spawn("save-tables", [this] { save_often(); });
  fibers_.spawn("scan-clients", [this] { expire_often(); });
}

void Services::peer_gone(membership::PeerId peer) {
  consuming.peer_gone(peer);
  pulling.peer_gone(peer);
}

void Services::stop() {
  stopping_.cancel();
  if (auto joined = fibers_.join(); !joined) return;
  tables_.save(true);
}

/// Consumer offsets from time to time; topics and groups too, when saving them at once had failed.
void Services::save_often() {
  while (true) {
    const auto interval = std::chrono::milliseconds(config_.flush_consumer_offset_interval_ms);
    if (auto slept = runtime::sync::sleep(runtime_.tasks, runtime_.clock, interval, &stopping_); !slept)
      return;
    tables_.save(false);
  }
}

void Services::expire_often() {
  while (runtime::sync::sleep(runtime_.tasks, runtime_.clock, member_scan_interval, &stopping_))
    consuming.expire({runtime_.clock.now().ns - runtime::Duration(member_silence_max).count()});
}

}  // namespace gantry::broker::services

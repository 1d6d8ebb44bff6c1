#include "broker/services/tables.h"

#include <algorithm>
#include <map>

namespace gantry::broker::services {

using runtime::Level;

Tables::Tables(runtime::Runtime runtime, const config::BrokerConfig& config)
    : topics(runtime, config),
      groups(runtime, config),
      offsets(runtime.tasks, runtime.disk, runtime.events, config.store_path_root_dir,
              config.offsets_bytes_max),
      events_(runtime.events),
      config_(config) {}

Result<void> Tables::load() {
  const std::pair<const char*, Result<void>> loaded[] = {
      {"topics.json", topics.load()},
      {"subscriptionGroup.json", groups.load()},
      {"consumerOffset.json", offsets.load()},
  };
  for (const auto& [file, result] : loaded) {
    if (result) continue;
    trouble_ = fmt::format("{}/config/{} cannot be read: {}", config_.store_path_root_dir, file,
                           name_of(result.error().code));
    return result.error();
  }
  return {};
}

/// A kill right after a topic was deleted leaves its queues in the store, or lets recovery make them
/// anew. A topic is in topics.json before a message of it is stored: what is not there was deleted.
/// But a topics.json that is missing or older says nothing about what it lacks: then the queues say
/// which topics there are, before that table is written and counts as the last one.
void Tables::match_queues(store::MessageStore& store) {
  std::map<std::string, std::int32_t> unknown;  // topic, how many queues
  for (const auto& [topic, queue_id] : store.queues())
    if (!topics.find(topic) && !topics.is_system(topic))
      unknown[topic] = std::max(unknown[topic], queue_id + 1);

  for (const auto& [topic, queue_nums] : unknown) {
    if (topics.loaded_last()) {
      runtime::log(events_, Level::warn, "queues of the deleted topic {} are removed", topic);
      store.delete_topic(topic);
    } else {
      runtime::log(events_, Level::error, "topic {} has messages and is not in topics.json", topic);
      topics.or_create(topic, queue_nums);
    }
  }
}

void Tables::save(bool last) {
  const auto save = [&](const char* file, const Result<void>& saved, runtime::Complaint& complaint) {
    if (saved) complaint.settle();
    else if (last)
      runtime::log(events_, Level::error, "{} cannot be written: {}, its last changes are lost", file,
                   saved.error());
    else complaint.raise(events_, Level::error, "{} cannot be written: {}", file, saved.error());
  };
  save("consumerOffset.json", offsets.persist(), offsets_unsaved_);
  save("topics.json", topics.persist(), topics_unsaved_);
  save("subscriptionGroup.json", groups.persist(), groups_unsaved_);
}

}  // namespace gantry::broker::services

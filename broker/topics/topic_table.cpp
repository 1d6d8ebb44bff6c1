#include "broker/topics/topic_table.h"

#include <algorithm>

#include "model/message/names.h"
#include "runtime/log.h"

namespace gantry::broker::topics {
namespace {

namespace system_topic = model::message::system_topic;
namespace permission = model::route::permission;

TopicConfig make(std::string_view name, std::int64_t queues, std::int32_t perm) {
  TopicConfig made;
  made.topic_name = std::string(name);
  made.read_queue_nums = static_cast<std::int32_t>(queues);
  made.write_queue_nums = static_cast<std::int32_t>(queues);
  made.perm = perm;
  return made;
}

}  // namespace

TopicTable::TopicTable(runtime::Runtime runtime, const config::BrokerConfig& config)
    : clock_(runtime.clock),
      events_(runtime.events),
      config_(config),
      file_(runtime.tasks, runtime.disk, runtime.events, config.store_path_root_dir + "/config/topics.json",
            [this] { return model::protocol::write_text(table_, {.pretty = true}); }) {}

bool TopicTable::parse(std::string_view text) {
  auto read = model::protocol::read_body<model::route::TopicConfigTable>(
      text, model::protocol::JsonLimits::own_file());
  if (!read) return false;
  table_ = std::move(*read);
  return true;
}

Result<void> TopicTable::load() {
  if (auto loaded = file_.load([this](std::string_view text) { return parse(text); }); !loaded) return loaded;
  // Whatever wrote the file: nothing in it may cost more than a request could ask for.
  for (auto& [name, topic] : table_.topics) {
    topic.topic_name = name;
    topic.read_queue_nums = std::clamp(topic.read_queue_nums, 0, queue_nums_max);
    topic.write_queue_nums = std::clamp(topic.write_queue_nums, 0, queue_nums_max);
  }
  add_own_topics();
  return {};
}

void TopicTable::add_own_topics() {
  const std::int32_t read_write = permission::read | permission::write;
  const auto add = [this](TopicConfig topic) {
    own_.insert(topic.topic_name);
    if (find(topic.topic_name)) return;
    const std::string name = topic.topic_name;
    table_.topics.insert_or_assign(name, std::move(topic));
    touch(name, false);
  };
  add(make(system_topic::self_test, 1, read_write));
  own_.insert(std::string(system_topic::auto_create));
  follow_config();
  add(make(system_topic::benchmark, 1024, read_write));
  add(make(config_.broker_cluster_name, 16,
           permission::inherit | (config_.cluster_topic_enable ? read_write : 0)));
  add(make(config_.broker_name, 1, permission::inherit | (config_.broker_topic_enable ? read_write : 0)));
  add(make(system_topic::offset_moved, 1, read_write));
  add(make(system_topic::schedule, 18, read_write));
  if (config_.trace_topic_enable) add(make(config_.msg_trace_topic_name, 1, read_write));
  add(make(config_.broker_cluster_name + "_REPLY_TOPIC", 1, read_write));
}

bool TopicTable::follow_config() {
  if (!config_.auto_create_topic_enable) return false;
  TopicConfig wanted = make(system_topic::auto_create, config_.default_topic_queue_nums,
                            permission::read | permission::write | permission::inherit);
  const TopicConfig* known = find(wanted.topic_name);
  if (known && known->read_queue_nums == wanted.read_queue_nums &&
      known->write_queue_nums == wanted.write_queue_nums)
    return false;
  insert(std::move(wanted), true);
  return true;
}

const TopicConfig* TopicTable::find(std::string_view topic) const {
  const auto at = table_.topics.find(topic);
  return at == table_.topics.end() ? nullptr : &at->second;
}

bool TopicTable::is_system(std::string_view topic) const {
  return model::message::is_system_topic(topic) || own_.contains(std::string(topic));
}

std::set<std::string> TopicTable::system_topics() const {
  return own_;
}

void TopicTable::touch() {
  table_.data_version.timestamp = clock_.wall_now().ms;
  ++table_.data_version.counter;
  file_.changed();
}

void TopicTable::touch(const std::string& topic, bool created) {
  touch();
  const bool never_saved = created || (unsaved(topic) && unsaved_.at(topic).created);
  unsaved_[topic] = {file_.version(), never_saved};
}

bool TopicTable::unsaved(std::string_view topic) const {
  const auto at = unsaved_.find(topic);
  return at != unsaved_.end() && !file_.saved(at->second.version);
}

bool TopicTable::some_would_be_lost() const {
  return std::ranges::any_of(unsaved_, [this](const auto& each) {
    return each.second.created && !file_.saved(each.second.version);
  });
}

model::route::TopicConfigTable TopicTable::lasting() const {
  model::route::TopicConfigTable table = table_;
  for (const auto& [topic, how] : unsaved_)
    if (how.created && !file_.saved(how.version)) table.topics.erase(topic);
  // A NameServer takes the topics of a version once: it has to take the whole table later.
  if (table.topics.size() < table_.topics.size()) --table.data_version.counter;
  return table;
}

Result<void> TopicTable::persist() {
  if (auto saved = file_.persist(); !saved) return saved;
  std::erase_if(unsaved_, [this](const auto& each) { return file_.saved(each.second.version); });
  return {};
}

Result<void> TopicTable::save(std::string_view topic) {
  while (unsaved(topic))
    if (auto saved = persist(); !saved) return saved;
  return {};
}

model::delivery::Refusal TopicTable::no_room() {
  return {model::delivery::Reason::no_room, "the broker has as many topics as it can keep"};
}

model::delivery::Refusal TopicTable::missing(std::string_view topic) {
  return {model::delivery::Reason::no_topic, fmt::format("topic[{}] not exist, apply first please!", topic)};
}

const TopicConfig* TopicTable::insert(TopicConfig topic, bool each_start_adds_it) {
  std::string name = topic.topic_name;
  const auto [at, fresh] = table_.topics.insert_or_assign(std::move(name), std::move(topic));
  touch(at->first, fresh && !each_start_adds_it);
  runtime::log(events_, runtime::Level::info, "topic {}: {}", fresh ? "created" : "changed", at->first);
  return &at->second;
}

const TopicConfig* TopicTable::for_send(std::string_view topic, std::string_view default_topic,
                                        std::int32_t default_queue_nums, bool unit_mode) {
  if (const TopicConfig* known = find(topic)) return known;
  const TopicConfig* model = find(default_topic);
  if (!model) return nullptr;
  const bool closed = default_topic == system_topic::auto_create && !config_.auto_create_topic_enable;
  if (closed || !(model->perm & permission::inherit)) return nullptr;

  TopicConfig made = make(topic, std::max(0, std::min(default_queue_nums, model->write_queue_nums)),
                          model->perm & ~permission::inherit);
  made.topic_filter_type = model->topic_filter_type;
  if (unit_mode) made.topic_sys_flag |= 1;
  return insert(std::move(made));
}

const TopicConfig* TopicTable::or_create(std::string_view topic, std::int32_t queue_nums) {
  if (const TopicConfig* known = find(topic)) return known;
  return insert(make(topic, std::clamp(queue_nums, 1, queue_nums_max), permission::read | permission::write));
}

void TopicTable::put(TopicConfig topic) {
  insert(std::move(topic));
}

bool TopicTable::remove(std::string_view topic) {
  if (table_.topics.erase(std::string(topic)) == 0) return false;
  unsaved_.erase(std::string(topic));
  touch();
  runtime::log(events_, runtime::Level::info, "topic deleted: {}", topic);
  return true;
}

bool TopicTable::set_ordered(const std::set<std::string, std::less<>>& topics) {
  bool changed = false;
  for (auto& [name, topic] : table_.topics) {
    const bool ordered = topics.contains(name);
    changed = changed || topic.order != ordered;
    topic.order = ordered;
  }
  // Of no topic in particular: the NameServers say it anew, and no message is lost with it.
  if (changed) touch();
  return changed;
}

}  // namespace gantry::broker::topics

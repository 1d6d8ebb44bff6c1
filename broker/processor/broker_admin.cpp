#include "broker/processor/broker_admin.h"

#include <cstdio>

#include "model/layout/record.h"
#include "model/protocol/admin_headers.h"
#include "model/protocol/bodies/lists.h"

namespace gantry::broker::processor {
namespace {

using KeyValues = std::map<std::string, std::string>;

/// More than all keys with their longest values that anybody means.
constexpr std::size_t config_bytes_max = 64 * 1024;

/// `3.0 2.5 2.4`, for the last 10 s, minute and 10 minutes.
std::string rates(const statistics::Window& window, runtime::Instant now,
                  const statistics::Window* also = nullptr) {
  std::string text;
  for (const std::int64_t seconds : {10, 60, 600}) {
    char number[48];
    const double rate = window.rate(now, seconds) + (also ? also->rate(now, seconds) : 0.0);
    std::snprintf(number, sizeof number, "%s%.4f", text.empty() ? "" : " ", rate);
    text += number;
  }
  return text;
}

std::string duration_text(runtime::Duration time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  char text[96];
  std::snprintf(text, sizeof text, "[ %lld days, %lld hours, %lld minutes, %lld seconds ]",
                static_cast<long long>(seconds / 86400), static_cast<long long>(seconds / 3600 % 24),
                static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
  return text;
}

std::string ratio_text(const runtime::Space& space) {
  char text[32];
  const double used = space.total == 0
                          ? 0.0
                          : static_cast<double>(space.total - space.free) / static_cast<double>(space.total);
  std::snprintf(text, sizeof text, "%.4f", used);
  return text;
}

void add_queues(KeyValues& into) {
  // Nothing waits in pools of threads here; the tools want the numbers.
  for (const std::string pool : {"send", "pull", "query"}) {
    into[pool + "ThreadPoolQueueSize"] = "0";
    into[pool + "ThreadPoolQueueHeadWaitTimeMills"] = "0";
    into[pool + "ThreadPoolQueueCapacity"] = pool == "send" ? "10000" : pool == "pull" ? "100000" : "20000";
  }
  into["EndTransactionQueueSize"] = "0";
  into["EndTransactionThreadPoolQueueCapacity"] = "100000";
}

void add_statistics(KeyValues& into, const statistics::Statistics& statistics, const runtime::Clock& clock) {
  const runtime::Instant now = clock.now();
  const runtime::WallTime today = clock.wall_now();
  into["putTps"] = rates(statistics.puts(), now);
  into["getFoundTps"] = rates(statistics.hits(), now);
  into["getMissTps"] = rates(statistics.misses(), now);
  into["getTotalTps"] = rates(statistics.hits(), now, &statistics.misses());
  into["getTransferedTps"] = rates(statistics.transferred(), now);
  const statistics::DayTotal& puts = statistics.put_total();
  const statistics::DayTotal& gets = statistics.get_total();
  into["msgPutTotalYesterdayMorning"] = std::to_string(puts.yesterday_morning(today));
  into["msgPutTotalTodayMorning"] = std::to_string(puts.today_morning(today));
  into["msgPutTotalTodayNow"] = std::to_string(puts.total());
  into["msgGetTotalYesterdayMorning"] = std::to_string(gets.yesterday_morning(today));
  into["msgGetTotalTodayMorning"] = std::to_string(gets.today_morning(today));
  into["msgGetTotalTodayNow"] = std::to_string(gets.total());
  into["putMessageTimesTotal"] = std::to_string(puts.total());
  into["putMessageFailedTimes"] = std::to_string(statistics.failed());
  into["putMessageSizeTotal"] = std::to_string(statistics.put_bytes());
  into["putMessageAverageSize"] =
      std::to_string(puts.total() == 0 ? 0 : statistics.put_bytes() / puts.total());
  into["putMessageEntireTimeMax"] =
      std::to_string(static_cast<std::int64_t>(statistics.put_latencies().percentile(now, 1.0)));
  for (const auto& [key, share] : {std::pair("putLatency99", 0.99), std::pair("putLatency999", 0.999)}) {
    char text[48];
    std::snprintf(text, sizeof text, "%.2f", statistics.put_latencies().percentile(now, share));
    into[key] = text;
  }
  into["putMessageDistributeTime"] = "";
  into["getMessageEntireTimeMax"] = "0";
  into["dispatchMaxBuffer"] = "0";
  into["pageCacheLockTimeMills"] = "0";
}

bool listed(std::string_view list, std::string_view name) {
  const std::string all = ";" + std::string(list) + ";";
  return all.find(";" + std::string(name) + ";") != std::string::npos;
}

}  // namespace

BrokerAdmin::BrokerAdmin(Parts parts)
    : parts_(parts), boot_timestamp_(parts.runtime.clock.wall_now().ms), booted_(parts.runtime.clock.now()) {}

Command BrokerAdmin::config(const CommandView&) {
  Command response = Command::response(ResponseCode::success);
  response.fields.set("version", "{\"counter\":" + std::to_string(config_changes_) +
                                     ",\"timestamp\":" + std::to_string(boot_timestamp_) + "}");
  config::BrokerConfig now = parts_.config;
  const config::KeyTable keys = config::bind(now);
  response.body = to_buffer(as_bytes(config::print_properties(keys.values())));
  return response;
}

Command BrokerAdmin::update_config(const CommandView& request) {
  if (request.body.size() > config_bytes_max)
    return refuse(ResponseCode::system_error, "the configuration is longer than 64 KiB");
  const std::vector<config::Property> wanted = config::parse_properties(as_text(request.body));
  config::BrokerConfig changed = parts_.config;
  const config::KeyTable keys = config::bind(changed);
  for (const config::Property& property : wanted) {
    if (listed(parts_.config.config_black_list, property.key) || property.key == "configBlackList")
      return refuse(ResponseCode::no_permission, "Can not update config in black list.");
    const config::Key* key = config::find_key(property.key);
    if (key && !key->may_change && keys.get(property.key) != property.value)
      return refuse(ResponseCode::no_permission, property.key + " cannot change while the broker runs");
  }
  for (const config::Diagnostic& diagnostic : keys.apply(wanted))
    if (diagnostic.severity != config::Severity::note)
      return refuse(ResponseCode::system_error, diagnostic.key + ": " + diagnostic.text);
  const bool other_permission = changed.broker_permission != parts_.config.broker_permission;
  const bool other_namesrvs = changed.namesrv_addr != parts_.config.namesrv_addr;
  parts_.config = std::move(changed);
  if (other_permission) parts_.topics.renew_version();
  const bool other_template = parts_.topics.follow_config();
  const config::KeyTable keys_now = config::bind(parts_.config);
  ++config_changes_;
  for (const config::Property& property : wanted)
    if (config::find_key(property.key))
      parts_.runtime.events.log(runtime::Level::info,
                                "configuration changed: " + property.key + "=" + *keys_now.get(property.key));
  if (other_permission || other_namesrvs || other_template) parts_.registration.tell();
  return Command::response(ResponseCode::success);
}

Command BrokerAdmin::runtime_info(const CommandView&) {
  KeyValues info;
  const config::BrokerConfig& config = parts_.config;
  add_queues(info);
  add_statistics(info, parts_.statistics, parts_.runtime.clock);
  info["bootTimestamp"] = std::to_string(boot_timestamp_);
  info["runtime"] = duration_text(parts_.runtime.clock.now() - booted_);
  info["brokerVersion"] = std::to_string(model::protocol::announced_version);
  info["brokerVersionDesc"] = "V4_9_8";
  info["commitLogMinOffset"] = std::to_string(static_cast<std::int64_t>(parts_.store.min_physical_offset()));
  info["commitLogMaxOffset"] = std::to_string(static_cast<std::int64_t>(parts_.store.max_physical_offset()));
  info["dispatchBehindBytes"] = std::to_string(parts_.store.dispatch_behind_bytes());
  info["remainHowManyDataToFlush"] = std::to_string(parts_.store.flush_behind_bytes());
  info["remainHowManyDataToCommit"] = "0";
  info["startAcceptSendRequestTimeStamp"] = std::to_string(config.start_accept_send_request_time_stamp);
  const std::string log = config.store_path_root_dir + "/commitlog";
  if (const auto space = parts_.runtime.disk.space(config.store_path_root_dir)) {
    info["commitLogDiskRatio"] = ratio_text(*space);
    info["commitLogDiskRatio_" + log] = ratio_text(*space);
    info["consumeQueueDiskRatio"] = ratio_text(*space);
    info["commitLogDirCapacity"] = "Total : " + std::to_string(space->total >> 30) +
                                   " GiB, Free : " + std::to_string(space->free >> 30) + " GiB.";
  } else {
    info["commitLogDiskRatio"] = info["consumeQueueDiskRatio"] = "-1";
  }
  std::int64_t earliest = -1;
  if (const auto first = parts_.store.record_at(parts_.store.min_physical_offset()))
    if (const auto record = model::layout::read_record(*first)) earliest = record->store_timestamp;
  info["earliestMessageTimeStamp"] = std::to_string(earliest);

  return with_body(model::protocol::write_text(model::protocol::bodies::KvTable{std::move(info)}));
}

Command BrokerAdmin::view_message(const CommandView& request) {
  const auto header = read_header<model::protocol::ViewMessageHeader>(request);
  if (!header) return refuse(header.error());
  const std::int64_t offset = header->offset;
  auto record = offset >= 0 ? parts_.store.record_at(store::PhysicalOffset{offset}) : std::nullopt;
  if (!record)
    return refuse(ResponseCode::system_error,
                  "can not find message by the offset, " + std::to_string(offset));
  Command response = Command::response(ResponseCode::success);
  response.body = std::move(*record);
  return response;
}

}  // namespace gantry::broker::processor

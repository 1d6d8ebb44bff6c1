#include "broker/processor/broker_admin.h"

#include <fmt/format.h>

#include "broker/door/answers.h"
#include "model/layout/record.h"
#include "model/protocol/admin_headers.h"
#include "model/protocol/bodies/lists.h"

namespace gantry::broker::processor {
namespace {

using model::protocol::Command;
using KeyValues = std::map<std::string, std::string>;

/// More than all keys with their longest values that anybody means.
constexpr std::size_t config_bytes_max = 64 * 1024;

/// `3.0 2.5 2.4`, for the last 10 s, minute and 10 minutes.
std::string rates(const statistics::Window& window, runtime::Instant now,
                  const statistics::Window* also = nullptr) {
  std::string text;
  for (const std::int64_t seconds : {10, 60, 600}) {
    const double rate = window.rate(now, seconds) + (also ? also->rate(now, seconds) : 0.0);
    text += fmt::format("{}{:.4f}", text.empty() ? "" : " ", rate);
  }
  return text;
}

std::string duration_text(runtime::Duration time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  return fmt::format("[ {} days, {} hours, {} minutes, {} seconds ]", seconds / 86400, seconds / 3600 % 24,
                     seconds / 60 % 60, seconds % 60);
}

std::string ratio_text(const runtime::Space& space) {
  const double used = space.total == 0
                          ? 0.0
                          : static_cast<double>(space.total - space.free) / static_cast<double>(space.total);
  return fmt::format("{:.4f}", used);
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
  into["msgPutTotalYesterdayMorning"] = fmt::format("{}", puts.yesterday_morning(today));
  into["msgPutTotalTodayMorning"] = fmt::format("{}", puts.today_morning(today));
  into["msgPutTotalTodayNow"] = fmt::format("{}", puts.total());
  into["msgGetTotalYesterdayMorning"] = fmt::format("{}", gets.yesterday_morning(today));
  into["msgGetTotalTodayMorning"] = fmt::format("{}", gets.today_morning(today));
  into["msgGetTotalTodayNow"] = fmt::format("{}", gets.total());
  into["putMessageTimesTotal"] = fmt::format("{}", puts.total());
  into["putMessageFailedTimes"] = fmt::format("{}", statistics.failed());
  into["putMessageSizeTotal"] = fmt::format("{}", statistics.put_bytes());
  into["putMessageAverageSize"] =
      fmt::format("{}", puts.total() == 0 ? 0 : statistics.put_bytes() / puts.total());
  into["putMessageEntireTimeMax"] =
      fmt::format("{}", static_cast<std::int64_t>(statistics.put_latencies().percentile(now, 1.0)));
  for (const auto& [key, share] : {std::pair("putLatency99", 0.99), std::pair("putLatency999", 0.999)})
    into[key] = fmt::format("{:.2f}", statistics.put_latencies().percentile(now, share));
  into["putMessageDistributeTime"] = "";
  into["getMessageEntireTimeMax"] = "0";
  into["dispatchMaxBuffer"] = "0";
  into["pageCacheLockTimeMills"] = "0";
}

}  // namespace

BrokerAdmin::BrokerAdmin(const runtime::Clock& clock, runtime::Disk& disk, const config::BrokerConfig& config,
                         administration::ConfigChanges& changes, querying::Querying& querying,
                         const statistics::Statistics& statistics)
    : clock_(clock),
      disk_(disk),
      config_(config),
      changes_(changes),
      querying_(querying),
      statistics_(statistics),
      boot_timestamp_(clock.wall_now().ms),
      booted_(clock.now()) {}

Command BrokerAdmin::config(const View&) {
  config::BrokerConfig now = config_;
  const config::KeyTable keys = config::bind(now);
  Command response = door::success_with_text(config::print_properties(keys.values()));
  response.fields.set("version",
                      fmt::format(R"({{"counter":{},"timestamp":{}}})", changes_.count(), boot_timestamp_));
  return response;
}

Command BrokerAdmin::update_config(const View& request) {
  if (request.body.size() > config_bytes_max) return door::refuse("the configuration is longer than 64 KiB");
  return door::answer_to(changes_.apply(as_text(request.body)));
}

Command BrokerAdmin::runtime_info(const View&) {
  KeyValues info;
  const querying::LogNumbers log_now = querying_.log();
  add_queues(info);
  add_statistics(info, statistics_, clock_);
  info["bootTimestamp"] = fmt::format("{}", boot_timestamp_);
  info["runtime"] = duration_text(clock_.now() - booted_);
  info["brokerVersion"] = fmt::format("{}", model::protocol::announced_version);
  info["brokerVersionDesc"] = "V4_9_8";
  info["commitLogMinOffset"] = fmt::format("{}", log_now.min);
  info["commitLogMaxOffset"] = fmt::format("{}", log_now.max);
  info["dispatchBehindBytes"] = fmt::format("{}", log_now.dispatch_behind);
  info["remainHowManyDataToFlush"] = fmt::format("{}", log_now.flush_behind);
  info["remainHowManyDataToCommit"] = "0";
  info["startAcceptSendRequestTimeStamp"] = fmt::format("{}", config_.start_accept_send_request_time_stamp);
  const std::string log = config_.store_path_root_dir + "/commitlog";
  if (const auto space = disk_.space(config_.store_path_root_dir)) {
    info["commitLogDiskRatio"] = ratio_text(*space);
    info["commitLogDiskRatio_" + log] = ratio_text(*space);
    info["consumeQueueDiskRatio"] = ratio_text(*space);
    info["commitLogDirCapacity"] =
        fmt::format("Total : {} GiB, Free : {} GiB.", space->total >> 30, space->free >> 30);
  } else {
    info["commitLogDiskRatio"] = info["consumeQueueDiskRatio"] = "-1";
  }
  info["earliestMessageTimeStamp"] = fmt::format("{}", querying_.earliest_message_time());

  return door::success_with(model::protocol::bodies::KvTable{std::move(info)});
}

Command BrokerAdmin::view_message(const View& request) {
  const auto header = model::protocol::read_header<model::protocol::ViewMessageHeader>(request);
  if (!header) return door::refuse(header.error());
  auto record = querying_.message_at(header->offset);
  if (!record) return door::refuse(fmt::format("can not find message by the offset, {}", header->offset));
  Command response = door::success();
  response.body = std::move(*record);
  return response;
}

}  // namespace gantry::broker::processor

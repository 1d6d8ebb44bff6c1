#include "broker/config/broker_config.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "broker/config/addresses.h"
#include "model/base/invariant.h"
#include "model/message/host.h"
#include "model/message/names.h"

namespace gantry::broker::config {
namespace {

using C = BrokerConfig;
constexpr std::int64_t any = INT64_MAX;
constexpr std::int64_t day_ms = 86'400'000;
/// Of the machine's memory, for the newest part of the log.
constexpr std::int64_t tail_share = 128;
constexpr std::int64_t tail_bytes_min = 1 << 20;
constexpr std::int64_t tail_bytes_max = 64 << 20;

constexpr Key text(std::string_view name, std::string C::* member, std::string_view initial,
                   std::string_view choices = {}, bool may_change = false) {
  return {name, member, Kind::text, initial, may_change, 0, any, choices};
}
constexpr Key flag(std::string_view name, bool C::* member, std::string_view initial,
                   bool may_change = false) {
  return {name, member, Kind::flag, initial, may_change};
}
constexpr Key number(std::string_view name, std::int64_t C::* member, std::string_view initial,
                     std::int64_t least, std::int64_t most, bool may_change = false) {
  return {name, member, Kind::number, initial, may_change, least, most};
}
constexpr Key kept(std::string_view name, Kind kind, std::string_view initial, bool may_change = false) {
  return {name, Kept{}, kind, initial, may_change, 0, any};
}
constexpr bool change = true;

// Names, meanings and defaults: RocketMQ 4.9's BrokerConfig, MessageStoreConfig, NettyServerConfig.
constexpr auto table = std::to_array<Key>({
    number("accessMessageInMemoryMaxRatio", &C::access_message_in_memory_max_ratio, "40", 0, 100),
    flag("aclEnable", &C::acl_enable, "false"),
    kept("adminBrokerThreadPoolNums", Kind::number, "16"),
    kept("autoDeleteUnusedStats", Kind::flag, "false"),
    flag("autoCreateSubscriptionGroup", &C::auto_create_subscription_group, "true", change),
    flag("autoCreateTopicEnable", &C::auto_create_topic_enable, "true", change),
    text("bindAddress", &C::bind_address, "0.0.0.0"),  // as RocketMQ 5 has it
    kept("bitMapLengthConsumeQueueExt", Kind::number, "64"),
    text("brokerClusterName", &C::broker_cluster_name, "DefaultCluster"),
    kept("brokerConfigPath", Kind::text, ""),
    kept("brokerFastFailureEnable", Kind::flag, "true"),
    text("brokerIP1", &C::broker_ip1, "127.0.0.1"),
    text("brokerIP2", &C::broker_ip2, "127.0.0.1"),
    number("brokerId", &C::broker_id, "0", 0, INT32_MAX),
    text("brokerName", &C::broker_name, "broker"),
    number("brokerPermission", &C::broker_permission, "6", 0, 7, change),
    text("brokerRole", &C::broker_role, "ASYNC_MASTER", "ASYNC_MASTER SYNC_MASTER SLAVE"),
    flag("brokerTopicEnable", &C::broker_topic_enable, "true"),
    kept("checkCRCOnRecover", Kind::flag, "true"),
    kept("cleanFileForciblyEnable", Kind::flag, "true"),
    kept("cleanResourceInterval", Kind::number, "10000"),
    kept("clientManageThreadPoolNums", Kind::number, "32"),
    flag("clusterTopicEnable", &C::cluster_topic_enable, "true"),
    kept("commitCommitLogLeastPages", Kind::number, "4"),
    kept("commitCommitLogThoroughInterval", Kind::number, "200"),
    kept("commitIntervalCommitLog", Kind::number, "200"),
    flag("compressedRegister", &C::compressed_register, "false", change),
    text("configBlackList", &C::config_black_list, "configBlackList;brokerConfigPath"),
    kept("consumerFallbehindThreshold", Kind::number, "17179869184"),
    kept("consumerManageThreadPoolNums", Kind::number, "32"),
    number("defaultTopicQueueNums", &C::default_topic_queue_nums, "8", 1, 1024, change),
    kept("defaultQueryMaxNum", Kind::number, "32"),
    kept("deleteCommitLogFilesInterval", Kind::number, "100"),
    kept("deleteConsumeQueueFilesInterval", Kind::number, "100"),
    kept("deleteWhen", Kind::text, "04"),
    kept("destroyMapedFileIntervalForcibly", Kind::number, "120000"),
    kept("disableConsumeIfConsumerReadSlowly", Kind::flag, "false"),
    kept("diskMaxUsedSpaceRatio", Kind::number, "75"),
    kept("duplicationEnable", Kind::flag, "false"),
    kept("enableCalcFilterBitMap", Kind::flag, "false"),
    kept("enableConsumeQueueExt", Kind::flag, "false"),
    kept("enableLmq", Kind::flag, "false"),
    kept("enableMultiDispatch", Kind::flag, "false"),
    kept("enablePropertyFilter", Kind::flag, "false"),
    kept("enableScheduleMessageStats", Kind::flag, "true"),
    kept("endTransactionPoolQueueCapacity", Kind::number, "100000"),
    kept("expectConsumerNumUseFilter", Kind::number, "32"),
    kept("fastFailIfNoBufferInStorePool", Kind::flag, "false"),
    kept("fetchNamesrvAddrByAddressServer", Kind::flag, "false"),
    kept("fileReservedTime", Kind::number, "72"),
    kept("filterDataCleanTimeSpan", Kind::number, "86400000"),
    kept("filterSupportRetry", Kind::flag, "false"),
    kept("flushCommitLogLeastPages", Kind::number, "4"),
    kept("flushCommitLogThoroughInterval", Kind::number, "10000"),
    kept("flushCommitLogTimed", Kind::flag, "true"),
    kept("flushConsumeQueueLeastPages", Kind::number, "2"),
    kept("flushConsumeQueueThoroughInterval", Kind::number, "60000"),
    number("flushConsumerOffsetInterval", &C::flush_consumer_offset_interval_ms, "5000", 100, day_ms, change),
    kept("flushDelayOffsetInterval", Kind::number, "10000"),
    text("flushDiskType", &C::flush_disk_type, "ASYNC_FLUSH", "ASYNC_FLUSH SYNC_FLUSH"),
    number("flushIntervalCommitLog", &C::flush_interval_commit_log_ms, "500", 1, day_ms),
    kept("flushIntervalConsumeQueue", Kind::number, "1000"),
    kept("forceRegister", Kind::flag, "true"),
    kept("haHousekeepingInterval", Kind::number, "20000"),
    kept("haListenPort", Kind::number, "10912"),
    kept("haMasterAddress", Kind::text, ""),
    kept("haSendHeartbeatInterval", Kind::number, "5000"),
    kept("haSlaveFallbehindMax", Kind::number, "268435456"),
    kept("haTransferBatchSize", Kind::number, "32768"),
    kept("heartbeatThreadPoolNums", Kind::number, "1"),
    number("listenPort", &C::listen_port, "10911", 3, 65534),
    flag("longPollingEnable", &C::long_polling_enable, "true", change),
    number("mappedFileSizeCommitLog", &C::mapped_file_size_commit_log, "1073741824", 4096,
           std::int64_t{1} << 31),
    number("mappedFileSizeConsumeQueue", &C::mapped_file_size_consume_queue, "6000000", 20,
           std::int64_t{1} << 30),
    kept("mappedFileSizeConsumeQueueExt", Kind::number, "50331648"),
    kept("maxErrorRateOfBloomFilter", Kind::number, "20"),
    kept("maxHashSlotNum", Kind::number, "5000000"),
    kept("maxIndexNum", Kind::number, "20000000"),
    number("maxMessageSize", &C::max_message_size, "4194304", 1, 15 << 20),
    kept("maxMsgsNumBatch", Kind::number, "64"),
    kept("maxTransferBytesOnMessageInDisk", Kind::number, "65536"),
    kept("maxTransferBytesOnMessageInMemory", Kind::number, "262144"),
    kept("maxTransferCountOnMessageInDisk", Kind::number, "8"),
    kept("maxTransferCountOnMessageInMemory", Kind::number, "32"),
    kept("messageDelayLevel", Kind::text, "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h"),
    kept("messageIndexEnable", Kind::flag, "true"),
    kept("messageIndexSafe", Kind::flag, "false"),
    text("msgTraceTopicName", &C::msg_trace_topic_name, "RMQ_SYS_TRACE_TOPIC"),
    text("namesrvAddr", &C::namesrv_addr, "", {}, change),
    flag("notifyConsumerIdsChangedEnable", &C::notify_consumer_ids_changed_enable, "true", change),
    kept("offsetCheckInSlave", Kind::flag, "false"),
    kept("osPageCacheBusyTimeOutMills", Kind::number, "1000"),
    kept("pullMessageThreadPoolNums", Kind::number, "16"),
    kept("pullThreadPoolQueueCapacity", Kind::number, "100000"),
    kept("queryMessageThreadPoolNums", Kind::number, "8"),
    kept("queryThreadPoolQueueCapacity", Kind::number, "20000"),
    kept("redeleteHangedFileInterval", Kind::number, "120000"),
    text("regionId", &C::region_id, "DefaultRegion", {}, change),
    number("registerBrokerTimeoutMills", &C::register_broker_timeout_ms, "6000", 100, day_ms, change),
    number("registerNameServerPeriod", &C::register_name_server_period_ms, "30000", 10'000, 60'000, change),
    kept("rejectTransactionMessage", Kind::flag, "false", change),
    kept("rocketmqHome", Kind::text, ""),
    kept("sendMessageThreadPoolNums", Kind::number, "1"),
    kept("sendThreadPoolQueueCapacity", Kind::number, "10000"),
    number("serverChannelMaxIdleTimeSeconds", &C::server_channel_max_idle_time_s, "120", 1, 86'400),
    kept("serverSelectorThreads", Kind::number, "3"),
    kept("serverWorkerThreads", Kind::number, "8"),
    number("shortPollingTimeMills", &C::short_polling_time_ms, "1000", 1, day_ms, change),
    kept("slaveReadEnable", Kind::flag, "false"),
    kept("slaveTimeout", Kind::number, "3000"),
    number("startAcceptSendRequestTimeStamp", &C::start_accept_send_request_time_stamp, "0", 0, any, change),
    text("storePathCommitLog", &C::store_path_commit_log, ""),
    text("storePathRootDir", &C::store_path_root_dir, "store"),
    kept("storePathConsumeQueue", Kind::text, ""),
    kept("storePathIndex", Kind::text, ""),
    kept("storeCheckpoint", Kind::text, ""),
    kept("storeReplyMessageEnable", Kind::flag, "true"),
    kept("abortFile", Kind::text, ""),
    number("syncFlushTimeout", &C::sync_flush_timeout_ms, "5000", 1, day_ms),
    flag("traceOn", &C::trace_on, "true", change),
    flag("traceTopicEnable", &C::trace_topic_enable, "false"),
    kept("transactionCheckInterval", Kind::number, "60000"),
    kept("transactionCheckMax", Kind::number, "15"),
    kept("transactionTimeOut", Kind::number, "6000"),
    kept("transferMsgByHeap", Kind::flag, "true"),
    kept("transientStorePoolEnable", Kind::flag, "false"),
    kept("transientStorePoolSize", Kind::number, "5"),
    kept("useEpollNativeSelector", Kind::flag, "false"),
    kept("useReentrantLockWhenPutMessage", Kind::flag, "true"),
    kept("waitTimeMillsInHeartbeatQueue", Kind::number, "31000"),
    kept("waitTimeMillsInPullQueue", Kind::number, "5000"),
    kept("waitTimeMillsInSendQueue", Kind::number, "200"),
    kept("waitTimeMillsInTransactionQueue", Kind::number, "3000"),
});

constexpr auto sorted_table = [] {
  auto rows = table;
  std::ranges::sort(rows, {}, &Key::name);
  return rows;
}();

/// One of the names in `choices`, between spaces.
void add_choice(KeyTable& to, const Key& key, std::string& into) {
  to.add(
      std::string(key.name),
      [&key, &into](std::string_view value) -> std::optional<std::string> {
        const std::string all = fmt::format(" {} ", key.choices);
        if (value.empty() || all.find(fmt::format(" {} ", value)) == std::string::npos)
          return fmt::format("expected one of {}", key.choices);
        into = value;
        return std::nullopt;
      },
      [&into] { return into; });
}

/// What nobody could register at is wrong here, not silently left out later.
void add_addresses(KeyTable& to, const Key& key, std::string& into) {
  constexpr std::size_t bytes_max = 4096;
  to.add(
      std::string(key.name),
      [&into](std::string_view value) -> std::optional<std::string> {
        KeyTable like;
        std::string text;
        like.text("value", text, bytes_max);
        if (auto expected = like.set("value", value)) return expected;
        if (const auto addresses = parse_addresses(value); !addresses) return addresses.error().detail;
        into = std::move(text);
        return std::nullopt;
      },
      [&into] { return into; });
}

/// A key without an effect: its value is checked for its kind and kept.
void add_kept(KeyTable& to, const Key& key, BrokerConfig& config) {
  to.add(
      std::string(key.name),
      [&key, &config](std::string_view value) -> std::optional<std::string> {
        bool flag = false;
        std::int64_t number = 0;
        std::string text;
        KeyTable like;
        if (key.kind == Kind::text) like.text("value", text);
        if (key.kind == Kind::flag) like.flag("value", flag);
        if (key.kind == Kind::number) like.number("value", number, INT64_MIN, INT64_MAX);
        if (auto expected = like.set("value", value)) return expected;
        config.kept.insert_or_assign(std::string(key.name), std::string(value));
        return std::nullopt;
      },
      [&key, &config] {
        const auto at = config.kept.find(key.name);
        return at == config.kept.end() ? std::string(key.initial) : at->second;
      });
}

struct Bind {
  KeyTable& to;
  const Key& key;
  BrokerConfig& config;
  void operator()(Kept) const {
    add_kept(to, key, config);
    to.without_effect({key.name});
  }
  void operator()(bool C::* member) const { to.flag(std::string(key.name), config.*member); }
  void operator()(std::int64_t C::* member) const {
    to.number(std::string(key.name), config.*member, key.least, key.most);
  }
  void operator()(std::string C::* member) const {
    if (key.name == "namesrvAddr") add_addresses(to, key, config.*member);
    else if (key.choices.empty()) to.text(std::string(key.name), config.*member);
    else add_choice(to, key, config.*member);
  }
};

}  // namespace

BrokerConfig::BrokerConfig() {
  const KeyTable keys = bind(*this);
  for (const Key& key : sorted_table)
    if (!std::holds_alternative<Kept>(key.member))
      invariant(!keys.set(key.name, key.initial), "a key's default is one of its values");
}

KeyTable bind(BrokerConfig& config) {
  KeyTable keys;
  for (const Key& key : sorted_table) std::visit(Bind{keys, key, config}, key.member);
  return keys;
}

std::string BrokerConfig::address() const {
  return fmt::format("{}:{}", broker_ip1, listen_port);
}

std::string BrokerConfig::ha_address() const {
  return fmt::format("{}:{}", broker_ip2, listen_port + 1);
}

store::StoreConfig BrokerConfig::store_config() const {
  store::StoreConfig made;
  made.memory_bytes =
      static_cast<std::uint64_t>(std::clamp(memory_bytes / tail_share, tail_bytes_min, tail_bytes_max));
  made.root = store_path_root_dir;
  made.commit_log_file_bytes = static_cast<std::uint64_t>(mapped_file_size_commit_log);
  // RocketMQ rounds up to whole entries.
  made.consume_queue_file_bytes = static_cast<std::uint64_t>((mapped_file_size_consume_queue + 19) / 20 * 20);
  made.flush = flush_disk_type == "SYNC_FLUSH" ? store::FlushMode::sync_flush : store::FlushMode::async_flush;
  made.flush_interval = std::chrono::milliseconds(flush_interval_commit_log_ms);
  made.sync_flush_timeout = std::chrono::milliseconds(sync_flush_timeout_ms);
  made.open_files_max = open_files_max;
  made.message_bytes_max = static_cast<std::uint32_t>(max_message_size);
  made.store_host = {broker_ip1, static_cast<std::uint16_t>(listen_port)};
  return made;
}

std::span<const Key> broker_keys() {
  return sorted_table;
}

const Key* find_key(std::string_view name) {
  const auto at = std::ranges::lower_bound(sorted_table, name, {}, &Key::name);
  return at != sorted_table.end() && at->name == name ? &*at : nullptr;
}

std::vector<Diagnostic> contradictions(const BrokerConfig& config, std::span<const Property> from) {
  std::vector<Diagnostic> found;
  const auto wrong = [&](std::string key, std::string text) {
    int line = 0;
    for (const Property& property : from)
      if (property.key == key) line = property.line;
    found.push_back({Severity::error, line, std::move(key), std::move(text)});
  };
  if (config.broker_role != "ASYNC_MASTER")
    wrong("brokerRole", "only ASYNC_MASTER: this version does not replicate");
  if (config.broker_id != 0) wrong("brokerId", "only 0, a master: this version does not replicate");
  if (config.acl_enable) wrong("aclEnable", "this version does not check access keys");
  if (!config.store_path_commit_log.empty() &&
      config.store_path_commit_log != config.store_path_root_dir + "/commitlog")
    wrong("storePathCommitLog", "this version keeps the log in storePathRootDir/commitlog");
  if (const auto host = model::message::host_of(config.broker_ip1, 0); !host || host->v6)
    wrong("brokerIP1", "expected an IPv4 address in dots");
  if (const auto host = model::message::host_of(config.bind_address, 0); !host || host->v6)
    wrong("bindAddress", "expected an IPv4 address in dots");
  if (const auto legal = model::message::check_topic(config.msg_trace_topic_name); !legal)
    wrong("msgTraceTopicName", legal.error().detail);
  // Topics are named after both, but host names have dots, and nobody sends to those topics.
  for (const auto& [key, name] : {std::pair("brokerName", &config.broker_name),
                                  std::pair("brokerClusterName", &config.broker_cluster_name)})
    if (!model::message::check_client_id(*name) || name->find_first_of("/ ;,") != std::string::npos)
      wrong(key, "expected a name without blanks, slashes, commas and semicolons");
  if (const auto namesrvs = parse_addresses(config.namesrv_addr); !namesrvs)
    wrong("namesrvAddr", fmt::format("{}, not \"{}\"", namesrvs.error().detail, config.namesrv_addr));
  if (config.store_path_root_dir.empty()) wrong("storePathRootDir", "expected a folder");
  return found;
}

}  // namespace gantry::broker::config

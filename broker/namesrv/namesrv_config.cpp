#include "broker/namesrv/namesrv_config.h"

#include <algorithm>

namespace gantry::broker::namesrv {

config::KeyTable keys_of(NamesrvConfig& config) {
  config::KeyTable keys;
  keys.text("bindAddress", config.bind_address)
      .number("listenPort", config.listen_port, 0, 65535)
      .number("serverChannelMaxIdleTimeSeconds", config.channel_idle_seconds_max, 1, 1 << 30)
      .text("rocketmqHome", config.rocketmq_home)
      .text("kvConfigPath", config.kv_config_path)
      .text("configStorePath", config.config_store_path)
      .flag("orderMessageEnable", config.order_message_enable)
      .text("configBlackList", config.config_black_list)
      .without_effect({"productEnvName", "clusterTest", "serverWorkerThreads",
                       "serverCallbackExecutorThreads", "serverSelectorThreads", "serverOnewaySemaphoreValue",
                       "serverAsyncSemaphoreValue", "serverSocketSndBufSize", "serverSocketRcvBufSize",
                       "serverSocketBacklog", "writeBufferHighWaterMark", "writeBufferLowWaterMark",
                       "serverPooledByteBufAllocatorEnable", "useEpollNativeSelector"});
  return keys;
}

bool may_change_while_running(std::string_view key) {
  return key == "orderMessageEnable";
}

}  // namespace gantry::broker::namesrv

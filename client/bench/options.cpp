#include "client/bench/options.h"

#include "client/session/options.h"
#include "model/message/names.h"

namespace gantry::client::bench {

namespace {
constexpr double seconds_max = 24 * 3600;
constexpr double rate_max = 1e8;
constexpr std::uint32_t in_flight_max = 65536;
constexpr std::size_t request_bytes_max = 4u << 20;  // RocketMQ's maxMessageSize

std::optional<std::string> address_trouble(const Options& options) {
  if (options.namesrvs.empty() == options.broker.empty())
    return "give either --namesrv or --broker: whom to send to";
  const bool direct = !options.broker.empty();
  const auto parsed = session::parse_endpoints(direct ? options.broker : options.namesrvs);
  const std::string name = direct ? "--broker " + options.broker : "--namesrv " + options.namesrvs;
  if (!parsed) return name + ": " + parsed.error().detail;
  if (direct && parsed->size() != 1) return name + ": expected one broker";
  return std::nullopt;
}
}  // namespace

std::optional<std::string> contradiction_in(const Options& options) {
  if (auto trouble = address_trouble(options)) return trouble;
  if (const auto legal = model::message::check_topic(options.topic); !legal)
    return "--topic " + options.topic + ": " + legal.error().detail;
  if (options.connections == 0) return "--connections: at least 1";
  if (options.in_flight == 0 || options.in_flight > in_flight_max) return "--in-flight: 1 to 65536";
  if (options.batch == 0) return "--batch: at least 1";
  if (options.queues <= 0) return "--queues: at least 1";
  if (static_cast<std::size_t>(options.body_bytes) * options.batch > request_bytes_max)
    return "--body times --batch: a request of more than 4 MiB is refused by every broker";
  if (!(options.rate >= 0) || options.rate > rate_max)
    return "--rate: messages per second, at most 100000000; 0 for as many as are answered";
  if (!(options.seconds > 0) || options.seconds > seconds_max) return "--seconds: more than 0, at most a day";
  if (!(options.warm_up_s >= 0) || options.warm_up_s > seconds_max) return "--warm-up: 0 to a day";
  if (!(options.timeout_s > 0) || options.timeout_s > seconds_max)
    return "--timeout: more than 0 seconds, at most a day";
  return std::nullopt;
}

}  // namespace gantry::client::bench

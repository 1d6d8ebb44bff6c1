#include "client/producer/unique_keys.h"

namespace gantry::client::producer {

UniqueKeys::UniqueKeys(const runtime::Clock& clock, runtime::Random& random, std::string_view ip)
    : clock_(clock) {
  if (const auto host = model::message::host_of(ip, 0)) parts_.ip = *host;
  const std::uint64_t drawn = random.draw("client.unique-keys");
  parts_.pid = static_cast<std::int32_t>(drawn & 0xFFFF);
  parts_.loader_hash = static_cast<std::int32_t>(drawn >> 32);
}

std::string UniqueKeys::next() {
  parts_.created_ms = clock_.wall_now().ms;
  ++parts_.counter;
  return model::message::make_uniq_key(parts_);
}

}  // namespace gantry::client::producer

#include "broker/config/broker_config.h"
#include "properties/cases/case.h"
#include "tests/fuzz/input.h"

// The files that people write or send us: a broker's configuration, a case.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry;
  const std::string_view text = as_text(fuzz::input(data, size));
  broker::config::BrokerConfig config;
  (void)broker::config::bind(config).apply(broker::config::parse_properties(text));
  if (const auto c = properties::cases::parse(text)) {
    const auto again = properties::cases::parse(properties::cases::to_text(*c));
    invariant(again.has_value() && *again == *c, "a case survives its own text");
  }
  return 0;
}

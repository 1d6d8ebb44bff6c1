#include "model/protocol/bodies/heartbeat.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model::protocol;
  if (const auto heartbeat = read_body<bodies::HeartbeatData>(gantry::fuzz::input(data, size))) {
    const auto again = read_body<bodies::HeartbeatData>(write_body(*heartbeat));
    gantry::invariant(again.has_value() && *again == *heartbeat, "a heartbeat survives its own encoding");
  }
  return 0;
}

#include "model/base/zlib.h"
#include "model/route/register_broker.h"
#include "tests/fuzz/input.h"

// Plain, as a zlib stream, and as the parts inside of a stream that is intact.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model::route;
  const gantry::Bytes bytes = gantry::fuzz::input(data, size);
  (void)read_register_body(bytes, true).has_value();
  (void)read_register_body(bytes, false).has_value();
  if (const auto body = read_register_body(gantry::deflate(bytes, 1), true)) {
    const auto again = read_register_body(encode(*body, true), true);
    gantry::invariant(again.has_value() && *again == *body, "a registration survives its own encoding");
  }
  return 0;
}

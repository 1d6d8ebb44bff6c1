#include "model/protocol/json.h"
#include "tests/fuzz/input.h"

// Whatever is read is read the same from what we write of it, in every style.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model::protocol;
  const auto value = parse_json(gantry::fuzz::input(data, size));
  if (!value) return 0;
  for (const JsonStyle& style : {JsonStyle{}, JsonStyle{.quote_all_keys = true}, JsonStyle{.pretty = true}}) {
    const auto again = parse_json(write_json(*value, style));
    gantry::invariant(again.has_value() && *again == *value, "JSON survives its own encoding");
  }
  gantry::invariant(parse_json(write_json(*value, {.escape_non_ascii = true})).has_value(),
                    "escaped JSON is JSON");
  return 0;
}

#include "model/message/properties.h"
#include "model/message/tags_code.h"
#include "tests/fuzz/input.h"

// Lookup, removal and the parsed map agree about every text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model::message;
  const std::string_view text = gantry::as_text(gantry::fuzz::input(data, size));
  (void)java_hash(text);
  const PropertyMap map = parse_properties(text);
  gantry::invariant(parse_properties(format_properties(map)) == map, "properties survive their own encoding");
  if (map.empty()) return 0;
  const auto& [name, value] = *map.begin();
  gantry::invariant(property(text, name) == value, "lookup agrees with the map");
  gantry::invariant(!property(without_property(text, name), name), "what is removed is gone");
  return 0;
}

#include "model/layout/received.h"
#include "tests/fuzz/input.h"

// A record that recovery takes is one that we would write in the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model::layout;
  const gantry::Bytes bytes = gantry::fuzz::input(data, size);
  (void)read_records(bytes, "b");
  const auto record = read_record(bytes);
  if (!record) return 0;
  (void)check_record(bytes, record->physical_offset).has_value();
  if (record->topic.size() > 255 || record->properties.size() > 32767) return 0;
  gantry::Buffer again;
  append_record(*record, again);
  const auto second = read_record(again);
  gantry::invariant(second.has_value(), "what we write we read");
  gantry::invariant(second->topic == record->topic && second->properties == record->properties,
                    "a record survives its own encoding");
  return 0;
}

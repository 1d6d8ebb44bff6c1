#include <algorithm>

#include "model/message/batch.h"
#include "tests/fuzz/input.h"

// Items that are read are written again in the same bytes, but for magic and sum.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model::message;
  BatchReader reader(gantry::fuzz::input(data, size));
  gantry::Buffer again;
  for (auto item = reader.next(); item && *item; item = reader.next()) append_batch_item(**item, again);
  gantry::invariant(again.size() <= size, "items take what they took");
  return 0;
}

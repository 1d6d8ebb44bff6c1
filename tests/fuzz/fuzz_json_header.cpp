#include "tests/fuzz/header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gantry::fuzz::decode_header(gantry::fuzz::input(data, size), gantry::model::protocol::SerializeType::json);
  return 0;
}

#include "model/protocol/command.h"
#include "tests/fuzz/input.h"

// Frames behind each other, as a connection cuts them from its stream; one view for all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model::protocol;
  gantry::Bytes stream = gantry::fuzz::input(data, size);
  CommandView view;
  for (;;) {
    const auto frame = frame_size(stream);
    if (!frame || !*frame || **frame > stream.size()) return 0;
    if (decode(stream.first(**frame), view)) (void)view.to_command();
    stream = stream.subspan(**frame);
  }
}

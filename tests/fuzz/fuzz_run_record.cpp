#include "tests/fuzz/input.h"
#include "traces/draw/choose.h"
#include "traces/draw/dot.h"
#include "traces/draw/picture.h"
#include "traces/record/record.h"
#include "traces/story/fate.h"
#include "traces/story/timeline.h"
#include "traces/story/why.h"

// All that mqtrace makes of a file: it is read, told and laid out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::traces;
  const auto record = record::parse(gantry::as_text(gantry::fuzz::input(data, size)));
  if (!record) return 0;
  const auto again = record::parse(record::to_text(*record));
  gantry::invariant(again.has_value() && *again == *record, "a record survives its own text");

  const auto timeline = story::timeline_of(*record);
  for (std::size_t m = 0; m < timeline.messages.size() && m < 4; ++m) {
    (void)why(timeline, m);
    (void)to_dot(lay_out(timeline, draw::life_of(timeline, m), timeline.messages[m].id));
  }
  (void)to_dot(lay_out(timeline, draw::whole_run(timeline), draw::title_of(timeline)));
  return 0;
}

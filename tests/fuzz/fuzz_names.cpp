#include "model/layout/checkpoint.h"
#include "model/layout/consume_queue.h"
#include "model/layout/file_names.h"
#include "model/message/host.h"
#include "model/message/message_id.h"
#include "model/message/names.h"
#include "model/message/subscription.h"
#include "tests/fuzz/input.h"

// The small forms: names, hosts, ids, tag expressions, queue entries, checkpoints, names of files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::model;
  const gantry::Bytes bytes = gantry::fuzz::input(data, size);
  const std::string_view text = gantry::as_text(bytes);
  (void)message::check_topic(text).has_value();
  (void)message::check_group(text).has_value();
  (void)message::check_client_id(text).has_value();
  (void)message::creation_time_of(text, 1'700'000'000'000);
  (void)message::parse_tag_expression("TopicTest", text).has_value();
  if (const auto host = message::host_of(text, 10911))
    gantry::invariant(message::host_of(message::ip_text_of(*host), 10911).value() == *host,
                      "a host survives its own text");
  if (const auto id = message::parse_offset_message_id(text))
    gantry::invariant(message::parse_offset_message_id(message::text_of(*id)).value() == *id,
                      "a message id survives its own text");
  if (const auto first = layout::first_byte_of(text))
    gantry::invariant(layout::file_name_of(*first) == text, "a file's name stands for one offset");
  gantry::Buffer entry;
  layout::append_entries(std::array{layout::read_entry(bytes)}, entry);
  gantry::invariant(size < entry.size() || std::equal(entry.begin(), entry.end(), bytes.begin()),
                    "a queue entry is its twenty bytes");
  if (const auto checkpoint = layout::read_checkpoint(bytes))
    gantry::invariant(layout::read_checkpoint(layout::encode(*checkpoint)).value() == *checkpoint,
                      "a checkpoint survives its own encoding");
  return 0;
}

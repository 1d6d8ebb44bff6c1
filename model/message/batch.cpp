#include "model/message/batch.h"

#include "model/message/properties.h"

namespace gantry::model::message {

void append_batch_item(const BatchItem& item, Buffer& body) {
  invariant(item.properties.size() <= properties_bytes_max, "properties fit their length field");
  const std::size_t size = batch_item_overhead_bytes + item.body.size() + item.properties.size();
  ByteWriter to(body);
  to.i32(static_cast<std::int32_t>(size));
  to.i32(0);  // magic and sum: the broker writes its own
  to.i32(0);
  to.i32(item.flag);
  to.i32(static_cast<std::int32_t>(item.body.size()));
  to.bytes(item.body);
  to.i16(static_cast<std::int16_t>(item.properties.size()));
  to.text(item.properties);
}

Result<std::optional<BatchItem>> BatchReader::next() {
  if (rest_.empty()) return std::optional<BatchItem>();
  ByteReader in(rest_);
  const std::int32_t size = in.i32();
  in.i64();  // magic and sum
  BatchItem item;
  item.flag = in.i32();
  item.body = in.bytes(in.i32());
  item.properties = in.text(in.i16());
  if (!in.ok() || size < 0 || static_cast<std::size_t>(size) != rest_.size() - in.rest().size())
    return Error(Errc::invalid, "a batch whose lengths do not agree");
  rest_ = in.rest();
  return std::optional<BatchItem>(item);
}

Result<std::size_t> count_batch_items(Bytes body) {
  BatchReader reader(body);
  for (std::size_t count = 0;; ++count) {
    const auto item = reader.next();
    if (!item) return item.error();
    if (!*item) return count;
  }
}

}  // namespace gantry::model::message

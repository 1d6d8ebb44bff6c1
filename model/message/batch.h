#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry::model::message {

/// One message inside of a batch's body; topic, queue and times are those of the whole batch.
struct BatchItem {
  std::int32_t flag = 0;
  Bytes body;
  std::string_view properties;
};

/// Bytes of an item beside its body and properties.
inline constexpr std::size_t batch_item_overhead_bytes = 22;

/// Appends one item. `properties` is at most properties_bytes_max long.
void append_batch_item(const BatchItem& item, Buffer& body);

/// Walks the items of a batch body, as views into it. Any bytes are survived.
class BatchReader {
 public:
  explicit BatchReader(Bytes body) : rest_(body) {}
  /// The next item; nothing at the end. Errors: `invalid` (lengths that do not agree).
  Result<std::optional<BatchItem>> next();

 private:
  Bytes rest_;
};

/// How many items a batch body has. Errors: `invalid`, as BatchReader.
Result<std::size_t> count_batch_items(Bytes body);

}  // namespace gantry::model::message

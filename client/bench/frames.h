#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/bench/options.h"
#include "model/base/bytes.h"
#include "model/protocol/command.h"

namespace gantry::client::bench {

/// The send request of one queue as bytes, which is encoded once. In each copy only what differs is written
/// again: the number that the answer will bear, the time of birth, and each message's unique key.
class SendFrame {
 public:
  /// All messages have the same body, which is printable noise.
  SendFrame(const Options& options, std::int32_t queue_id, const std::string& broker_name);

  /// Opaques start here: they have ten digits, so that all frames have one length.
  static constexpr std::int32_t opaque_min = 1'000'000'000;

  /// Appends a copy. `opaque` is at least opaque_min, `born_ms` has 13 digits, and `keys` counts the keys
  /// that were handed out so far.
  void append_to(Buffer& out, std::int32_t opaque, std::int64_t born_ms, std::uint64_t& keys) const;
  /// How many bytes a copy has.
  std::size_t bytes() const { return frame_.size(); }

 private:
  Buffer frame_;
  std::size_t opaque_at_ = 0;
  bool opaque_in_digits_ = true;
  std::size_t born_at_ = 0;
  std::vector<std::size_t> keys_at_;
};

/// What a load generator looks at in an answer.
struct Answer {
  std::int32_t code = 0;
  std::int32_t opaque = 0;
  std::string_view remark;  ///< Points into the frame, or into the view that read it.
};

/// Reads a whole frame. A successful JSON answer, and nearly all are, is read without decoding all of it.
/// Errors: those of decode().
Result<Answer> read_answer(Bytes frame, model::protocol::CommandView& view);

}  // namespace gantry::client::bench

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include <gantry/message.h>

namespace gantry::client::consumer {

using MessagePtr = std::shared_ptr<const ReceivedMessage>;

/// The messages that were pulled from one queue and are not consumed yet, by queue offset.
///
///     consumed | being consumed, consumed out of order, waiting | not pulled
///              ^                                                ^
///       commit_offset()                                 next_offset()
///
/// Invariant: every message below commit_offset() was removed. Whoever continues there after a crash loses
/// none; what was consumed above it is consumed again.
class ProcessQueue {
 public:
  /// Holds nothing; the first pull starts at `start`.
  explicit ProcessQueue(std::int64_t start) : next_(start) {}

  /// Adds what one pull has brought: `found` holds the messages that passed the filter, and `next` is where
  /// the following pull starts. Offsets grow from pull to pull.
  void add(const std::vector<MessagePtr>& found, std::int64_t next);
  /// Removes consumed messages. Those that are not there do not matter.
  void remove(const std::vector<MessagePtr>& consumed);

  /// The smallest offset that is not consumed. It never moves back.
  std::int64_t commit_offset() const { return messages_.empty() ? next_ : messages_.begin()->first; }
  /// Where the next pull starts.
  std::int64_t next_offset() const { return next_; }

  /// How many messages are held.
  std::size_t count() const { return messages_.size(); }
  /// How many bytes their bodies have together.
  std::size_t bytes() const { return bytes_; }
  /// The distance from the smallest to the largest offset held.
  std::int64_t span() const {
    return messages_.empty() ? 0 : messages_.rbegin()->first - messages_.begin()->first;
  }

 private:
  std::map<std::int64_t, MessagePtr> messages_;
  std::int64_t next_;
  std::size_t bytes_ = 0;
};

}  // namespace gantry::client::consumer

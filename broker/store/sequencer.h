#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <boost/system/result.hpp>

#include "broker/store/dispatcher.h"
#include "broker/store/log/log.h"
#include "broker/store/message_store.h"
#include "broker/store/queues/consume_queues.h"
#include "model/message/host.h"

namespace gantry::broker::store {

/// Turns messages into records at the end of the log, and gives them their queue offsets.
///
///     messages --> checks --> a record each, with the next offset of its queue --> the log's memory
///                                       +--> Projection::appended()
///
/// It takes nothing that a start would not accept: that would end the log there.
class Sequencer {
 public:
  /// What is handed in outlives the sequencer.
  Sequencer(log::Log& log, queues::ConsumeQueues& queues, Dispatcher& dispatcher, const StoreConfig& config,
            model::message::Host store_host)
      : log_(log), queues_(queues), dispatcher_(dispatcher), config_(config), store_host_(store_host) {}

  /// A record may be larger than the largest body by this much: properties, topic and head.
  static constexpr std::size_t record_extra_bytes_max = 64u << 10;

  /// See MessageStore::append(). Never suspends.
  boost::system::result<Placed, PutStatus> append(std::span<const PutMessage> batch);
  /// Whole records and blanks as another broker has laid them out for `at`, which is the log's end. All or
  /// none are taken. Never suspends. Errors: `invalid` (they are not for that place, or do not continue their
  /// queues), and those of Log::append_raw().
  Result<void> append_raw(PhysicalOffset at, Bytes records);

 private:
  /// What the records of a batch take; the error says why it is not taken.
  boost::system::result<std::size_t, PutStatus> bytes_of(std::span<const PutMessage> batch) const;
  void fill(model::layout::Record& record, const PutMessage& message) const;

  log::Log& log_;
  queues::ConsumeQueues& queues_;
  Dispatcher& dispatcher_;
  const StoreConfig& config_;
  const model::message::Host store_host_;
  /// Records that projections are told of with one call; made once.
  std::array<model::layout::Record, 16> records_;
};

}  // namespace gantry::broker::store

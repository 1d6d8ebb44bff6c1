#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <gantry/message.h>

#include "client/session/session.h"
#include "runtime/disk.h"

namespace gantry::client::consumer {

/// Where a group continues after a restart; in broadcasting, where this member does. All calls may suspend.
class OffsetStore {
 public:
  virtual ~OffsetStore() = default;
  /// Makes ready for reads. Called once, before the first one. Errors: those of the disk, and `invalid` when
  /// its file does not parse.
  virtual Result<void> load() = 0;
  /// The stored offset, or nothing when none is stored. After an error nobody knows whether one is; the
  /// caller must not guess. Errors: those of whoever was asked.
  virtual Result<std::optional<std::int64_t>> read(const MessageQueue& queue) = 0;
  /// Stores offsets. After success they survive this process. Errors: those of whoever stores them; then some
  /// may be stored.
  virtual Result<void> write(const std::map<MessageQueue, std::int64_t>& offsets) = 0;
};

/// For clustering: the broker that has a queue keeps its offset, as in RocketMQ's RemoteBrokerOffsetStore.
class BrokerOffsets final : public OffsetStore {
 public:
  BrokerOffsets(session::Session& session, std::string group) : session_(session), group_(std::move(group)) {}
  Result<void> load() override { return {}; }
  Result<std::optional<std::int64_t>> read(const MessageQueue& queue) override;
  /// Asks for answers, unlike RocketMQ's one-way update: what a stop or a rebalance has stored is there when
  /// the next owner asks. All brokers are asked at once, and when one fails the others store theirs. The
  /// offset of a queue whose broker has left the routes goes to that broker all the same: that it left may be
  /// why the queue is given up.
  Result<void> write(const std::map<MessageQueue, std::int64_t>& offsets) override;

 private:
  session::Session& session_;
  std::string group_;
};

/// For broadcasting: this member keeps its own offsets in `<folder>/<client id>/<group>/offsets.json`, in the
/// form of RocketMQ's LocalFileOffsetStore. The file is written whole, synced and renamed.
class LocalOffsets final : public OffsetStore {
 public:
  LocalOffsets(runtime::Disk& disk, const std::string& folder, const std::string& client_id,
               const std::string& group);
  Result<void> load() override;
  Result<std::optional<std::int64_t>> read(const MessageQueue& queue) override;
  Result<void> write(const std::map<MessageQueue, std::int64_t>& offsets) override;

 private:
  Result<void> write_file(const std::string& path);
  runtime::Disk& disk_;
  std::string folder_;
  std::string path_;
  std::uint64_t writes_ = 0;
  std::map<MessageQueue, std::int64_t> offsets_;
};

}  // namespace gantry::client::consumer

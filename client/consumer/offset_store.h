#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <gantry/message.h>

#include "client/session/session.h"
#include "runtime/disk.h"

namespace gantry::client::consumer {

/// Where a group, or in broadcasting this member alone, continues after a restart. Calls suspend.
class OffsetStore {
 public:
  virtual ~OffsetStore() = default;
  /// Once, before the first read. Errors: those of the disk, `invalid` when its file does not parse.
  virtual Result<void> load() = 0;
  /// The stored offset, nothing when there is none. Errors: nobody to ask; then do not guess.
  virtual Result<std::optional<std::int64_t>> read(const MessageQueue& queue) = 0;
  /// Stores; after success they survive this process.
  virtual Result<void> write(const std::map<MessageQueue, std::int64_t>& offsets) = 0;
};

/// Clustering: the broker that has the queue keeps its offset. (RemoteBrokerOffsetStore)
class BrokerOffsets final : public OffsetStore {
 public:
  BrokerOffsets(session::Session& session, std::string group) : session_(session), group_(std::move(group)) {}
  Result<void> load() override { return {}; }
  Result<std::optional<std::int64_t>> read(const MessageQueue& queue) override;
  /// Asks for an answer, unlike RocketMQ's one-way update: what a stop or a rebalance stored is
  /// there when the next owner asks. All at once; the others are stored when one fails. A queue whose
  /// broker has left the routes is stored there all the same: that may be why it is given up.
  Result<void> write(const std::map<MessageQueue, std::int64_t>& offsets) override;

 private:
  session::Session& session_;
  std::string group_;
};

/// Broadcasting: this member keeps its own, in `<folder>/<client id>/<group>/offsets.json`, in the
/// form of RocketMQ's LocalFileOffsetStore; written whole, synced and renamed.
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

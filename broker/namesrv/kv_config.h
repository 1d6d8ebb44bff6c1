#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "broker/files/json_file.h"
#include "runtime/runtime.h"
#include "runtime/sync/mutex.h"

namespace gantry::broker::namesrv {

/// RocketMQ keeps here which topics are ordered, and on how many queues of which brokers.
inline constexpr std::string_view order_topics = "ORDER_TOPIC_CONFIG";

/// Small settings by namespace and key, kept in one file as RocketMQ's KVConfigManager does:
/// `{"configTable":{"NAMESPACE":{"key":"value"}}}`.
///
/// A change is durable when put() or remove() has returned, and nobody sees it before. A failed write leaves
/// the table as it was.
class KvConfig {
 public:
  using Values = std::map<std::string, std::string>;  // by key

  /// `runtime` must outlive this.
  KvConfig(runtime::Runtime runtime, std::string path);

  /// Reads the file, or its .bak if the file is not usable. Without either the table is empty. Suspends.
  /// Errors: those of JsonFile::read() except `not_found`.
  Result<void> load();

  /// These two suspend. Removing what is not there succeeds. Errors: those of the disk, and `too_large` when
  /// the table would take more than 8 MiB.
  Result<void> put(std::string_view space, std::string_view key, std::string_view value);
  Result<void> remove(std::string_view space, std::string_view key);

  std::optional<std::string> get(std::string_view space, std::string_view key) const;
  /// The values of a namespace, or null if there is none. The pointer is valid until the next suspension.
  const Values* values(std::string_view space) const;

 private:
  using Table = std::map<std::string, Values>;  // by namespace
  /// Writes `changed`, and only then makes it the table.
  Result<void> replace(Table changed);

  files::JsonFile file_;
  runtime::sync::Mutex changing_;
  Table table_;
};

}  // namespace gantry::broker::namesrv

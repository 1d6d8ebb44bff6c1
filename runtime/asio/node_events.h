#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "model/base/result.h"
#include "runtime/events.h"

namespace spdlog {
class logger;
}

namespace gantry::runtime::asio {

/// Where a node's log lines go.
struct LogOptions {
  Level level = Level::info;
  /// A file to append to; standard error when empty. Folders above it are made.
  std::string file;
  /// The file is renamed to `file.1` and so on when it would exceed this many bytes.
  std::size_t rotate_bytes = 64u << 20;
  std::size_t rotated_files_max = 10;
};

/// Counters by name, of metrics and probes.
using Counters = std::map<std::string, std::int64_t, std::less<>>;

/// Log lines through spdlog, counters in memory, records to whoever was asked to take them.
class NodeEvents final : public Events {
 public:
  using Recorder =
      std::function<void(std::string_view kind, std::string_view about, std::span<const std::int64_t> facts)>;

  /// `name` stands in each line. Errors: `denied` when the log file cannot be opened.
  static Result<std::unique_ptr<NodeEvents>> create(const std::string& name, const LogOptions& options,
                                                    Recorder recorder);
  ~NodeEvents() override;

  void log(Level level, std::string_view text) override;
  void record(std::string_view kind, std::string_view about, std::span<const std::int64_t> facts) override;
  void probe(std::string_view name) override;
  void count(std::string_view metric, std::int64_t by) override;

  /// From here on nothing is let out any more: the node has crashed, and its fibers only unwind.
  void mute() { muted_ = true; }

  const Counters& counters() const { return counters_; }

 private:
  NodeEvents(std::shared_ptr<spdlog::logger> logger, Recorder recorder);
  std::shared_ptr<spdlog::logger> logger_;
  Recorder recorder_;
  Counters counters_;
  bool muted_ = false;
};

}  // namespace gantry::runtime::asio

#include "runtime/asio/node_events.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "model/base/utf8.h"

namespace gantry::runtime::asio {

namespace {
spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Sinks with a lock: several nodes of one process may share standard error.
spdlog::sink_ptr sink_of(const LogOptions& options) {
  if (options.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file, options.rotate_bytes,
                                                                options.rotated_files_max);
}

void add(Counters& counters, std::string_view name, std::int64_t by) {
  const auto at = counters.find(name);
  if (at != counters.end()) at->second += by;
  else counters.emplace(name, by);
}

/// One event is one line, whatever a peer has put into it.
std::string one_line(std::string_view text) {
  constexpr std::size_t bytes_max = 8192;
  std::string line;
  for (const char c : to_utf8(text.substr(0, bytes_max))) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte != 0x7F) line += c;
    else line += fmt::format("\\x{:02x}", byte);
  }
  return text.size() > bytes_max ? line + "..." : line;
}
}  // namespace

Result<std::unique_ptr<NodeEvents>> NodeEvents::create(const std::string& name, const LogOptions& options,
                                                       Recorder recorder) {
  try {
    auto logger = std::make_shared<spdlog::logger>(name, sink_of(options));
    logger->set_level(level_of(options.level));
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %L %n %v");
    logger->flush_on(spdlog::level::debug);  // lines are rare, and the last ones matter most
    return std::unique_ptr<NodeEvents>(new NodeEvents(std::move(logger), std::move(recorder)));
  } catch (const spdlog::spdlog_ex&) {
    return Error{Errc::denied, "the log file cannot be opened"};
  }
}

NodeEvents::NodeEvents(std::shared_ptr<spdlog::logger> logger, Recorder recorder)
    : logger_(std::move(logger)), recorder_(std::move(recorder)) {}

NodeEvents::~NodeEvents() = default;

void NodeEvents::log(Level level, std::string_view text) {
  if (!muted_) logger_->log(level_of(level), one_line(text));
}

void NodeEvents::record(std::string_view kind, std::string_view about, std::span<const std::int64_t> facts) {
  if (recorder_ && !muted_) recorder_(kind, about, facts);
}

void NodeEvents::probe(std::string_view name) {
  if (!muted_) add(counters_, name, 1);
}

void NodeEvents::count(std::string_view metric, std::int64_t by) {
  if (!muted_) add(counters_, metric, by);
}

}  // namespace gantry::runtime::asio

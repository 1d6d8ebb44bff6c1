#include "broker/namesrv/kv_config.h"

#include <utility>

#include "model/protocol/json_codec.h"

namespace gantry::broker::namesrv {

namespace {

/// Far below what read() takes, and below what a list of one namespace may answer in a frame.
constexpr std::size_t file_bytes_max = 8 * 1024 * 1024;

/// The file as RocketMQ's KVConfigSerializeWrapper has it.
struct File {
  std::map<std::string, KvConfig::Values> table;

  static constexpr auto json_members() {
    return std::tuple(model::protocol::json_member("configTable", &File::table));
  }
};

}  // namespace

KvConfig::KvConfig(runtime::Runtime runtime, std::string path)
    : file_(runtime.disk, runtime.events, std::move(path)), changing_(runtime.tasks) {}

Result<void> KvConfig::load() {
  Table loaded;
  const auto accept = [&loaded](std::string_view text) {
    auto file = model::protocol::read_body<File>(text, model::protocol::JsonLimits::own_file());
    if (file) loaded = std::move(file->table);
    return file.has_value();
  };
  if (const auto text = file_.read(accept); !text && text.error().code != Errc::not_found)
    return text.error();
  table_ = std::move(loaded);
  return {};
}

Result<void> KvConfig::replace(Table changed) {
  const File file{std::move(changed)};
  const std::string text = model::protocol::write_text(file, {.pretty = true});
  if (text.size() > file_bytes_max) return Error(Errc::too_large, "the table of keys and values is full");
  if (auto written = file_.write(text); !written) return written;
  table_ = file.table;
  return {};
}

Result<void> KvConfig::put(std::string_view space, std::string_view key, std::string_view value) {
  const auto lock = changing_.lock();
  if (!lock) return lock.error();
  Table changed = table_;
  changed[std::string(space)].insert_or_assign(std::string(key), std::string(value));
  return replace(std::move(changed));
}

Result<void> KvConfig::remove(std::string_view space, std::string_view key) {
  const auto lock = changing_.lock();
  if (!lock) return lock.error();
  Table changed = table_;
  const auto found = changed.find(std::string(space));
  if (found == changed.end() || found->second.erase(std::string(key)) == 0) return {};
  return replace(std::move(changed));
}

std::optional<std::string> KvConfig::get(std::string_view space, std::string_view key) const {
  const Values* const all = values(space);
  if (all == nullptr) return std::nullopt;
  const auto found = all->find(std::string(key));
  if (found == all->end()) return std::nullopt;
  return found->second;
}

const KvConfig::Values* KvConfig::values(std::string_view space) const {
  const auto found = table_.find(std::string(space));
  return found == table_.end() ? nullptr : &found->second;
}

}  // namespace gantry::broker::namesrv

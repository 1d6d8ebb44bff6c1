#include "broker/namesrv/settings_requests.h"

#include <functional>
#include <utility>

#include <fmt/format.h>

#include "broker/door/answers.h"
#include "broker/files/files.h"
#include "model/base/utf8.h"
#include "model/message/names.h"
#include "model/protocol/bodies/lists.h"
#include "model/protocol/namesrv_headers.h"

namespace gantry::broker::namesrv {

using namespace model::protocol;

namespace {

// A key of the namespace of ordered topics is a topic, its value lists brokers with queues.
constexpr std::size_t name_bytes_max = 255;
constexpr std::size_t value_bytes_max = 64 * 1024;
constexpr std::size_t config_bytes_max = 64 * 1024;
constexpr std::uint64_t config_file_bytes_max = 1 << 20;

bool is_kv_name(std::string_view text) {
  return !text.empty() && text.size() <= name_bytes_max && !model::message::has_unprintable_bytes(text);
}

}  // namespace

void SettingsRequests::serve(runtime::remoting::Server& server) {
  const auto on = [&](RequestCode code, std::function<Command(const View&)> method) {
    server.on(code,
              [method = std::move(method)](const View& request, const runtime::remoting::Responder& respond) {
                respond(method(request));
              });
  };
  on(RequestCode::put_kv_config, [this](auto& request) { return put(request); });
  on(RequestCode::get_kv_config, [this](auto& request) { return get(request); });
  on(RequestCode::delete_kv_config, [this](auto& request) { return remove(request); });
  on(RequestCode::get_kvlist_by_namespace, [this](auto& request) { return list(request); });
  on(RequestCode::update_namesrv_config, [this](auto& request) { return update_config(request); });
  on(RequestCode::get_namesrv_config, [this](auto&) { return print_config(); });
}

Command SettingsRequests::put(const View& request) {
  const auto header = read_header<PutKvConfigHeader>(request);
  if (!header) return door::refuse(header.error());
  if (header->space.empty() || header->key.empty()) return door::refuse("the namespace or the key is blank");
  if (!is_kv_name(header->space) || !is_kv_name(header->key))
    return door::refuse("a namespace and a key have at most 255 bytes and no control characters");
  if (header->value.size() > value_bytes_max) return door::refuse("the value is longer than 64 KiB");
  if (!is_utf8(header->value)) return door::refuse("the value is not UTF-8");
  const auto done = kv_.put(header->space, header->key, header->value);
  return done ? door::success() : door::refuse(done.error());
}

Command SettingsRequests::get(const View& request) const {
  const auto header = read_header<KvConfigHeader>(request);
  if (!header) return door::refuse(header.error());
  const auto value = kv_.get(header->space, header->key);
  if (value) return response_with(ResponseCode::success, KvConfigResponseHeader{*value});
  return door::refuse(ResponseCode::query_not_found,
                      fmt::format("No config item, Namespace: {} Key: {}", header->space, header->key));
}

Command SettingsRequests::remove(const View& request) {
  const auto header = read_header<KvConfigHeader>(request);
  if (!header) return door::refuse(header.error());
  const auto done = kv_.remove(header->space, header->key);
  return done ? door::success() : door::refuse(done.error());
}

Command SettingsRequests::list(const View& request) const {
  const auto header = read_header<KvListHeader>(request);
  if (!header) return door::refuse(header.error());
  if (const KvConfig::Values* const values = kv_.values(header->space))
    return door::success_with(bodies::KvTable{*values});
  return door::refuse(ResponseCode::query_not_found,
                      fmt::format("No config item, Namespace: {}", header->space));
}

Command SettingsRequests::update_config(const View& request) {
  if (request.body.size() > config_bytes_max) return door::refuse("the configuration is longer than 64 KiB");
  const auto properties = config::parse_properties(as_text(request.body));
  const auto lock = updating_.lock();
  if (!lock) return door::refuse(lock.error());
  NamesrvConfig changed = config_;
  const config::KeyTable keys = keys_of(changed);
  for (const auto& [key, value, line] : properties) {
    if (config::is_listed(config_.config_black_list, key))
      return door::refuse(ResponseCode::no_permission,
                          fmt::format("Can not update config in black list: {}", key));
    if (!keys.knows(key)) return door::refuse(fmt::format("there is no key {}", key));
    if (!may_change_while_running(key))
      return door::refuse(ResponseCode::no_permission,
                          fmt::format("{} cannot change while the name server runs", key));
    if (const auto expected = keys.set(key, value))
      return door::refuse(fmt::format("{}: {}", key, *expected));
  }
  // The file is the operator's: their comments, and the keys that mean something only to others, stay.
  const auto before = files::read_file(runtime_.disk, config_.config_store_path, config_file_bytes_max);
  if (!before && before.error().code != Errc::not_found) return door::refuse(before.error());
  const std::string text =
      before ? config::with_values(as_text(*before), properties) : config::print_properties(keys.values());
  if (const auto made =
          files::make_durable_directories(runtime_.disk, files::parent_of(config_.config_store_path));
      !made)
    return door::refuse(made.error());
  if (const auto written = files::replace_file(runtime_.disk, config_.config_store_path, as_bytes(text));
      !written)
    return door::refuse(written.error());
  config_ = changed;
  return door::success();
}

Command SettingsRequests::print_config() const {
  NamesrvConfig copy = config_;
  Command answer = door::success();
  answer.body = to_buffer(as_bytes(config::print_properties(keys_of(copy).values())));
  return answer;
}

}  // namespace gantry::broker::namesrv

#include "client/consumer/offset_store.h"

#include <fmt/format.h>

#include "model/protocol/consume_headers.h"
#include "model/protocol/json_codec.h"

namespace gantry::client::consumer {

using model::protocol::Command;
using model::protocol::RequestCode;

namespace {

/// The file, as RocketMQ's OffsetSerializeWrapper: queues are objects in the place of keys.
struct StoredOffsets {
  std::map<MessageQueue, std::int64_t> offsets;
  static constexpr auto json_members() {
    return std::tuple(model::protocol::json_member("offsetTable", &StoredOffsets::offsets));
  }
};

}  // namespace

Result<std::optional<std::int64_t>> BrokerOffsets::read(const MessageQueue& queue) {
  const session::RoutePtr route = session_.known_route(queue.topic);
  const auto broker = route ? route->replica(queue.broker_name, session::master_id) : std::nullopt;
  if (!broker) return Error{Errc::unreachable, "the queue's broker is not known"};
  const model::protocol::QueryConsumerOffsetHeader header{group_, queue.topic, queue.queue_id};
  const auto answer = session_.ask(*broker, request_with(RequestCode::query_consumer_offset, header));
  if (!answer && answer.error().code == Errc::not_found) return std::optional<std::int64_t>();
  if (!answer) return answer.error();
  const auto found = model::protocol::read_header<model::protocol::OffsetResponseHeader>(*answer);
  if (!found) return Error{Errc::invalid, "the answer holds no offset"};
  return std::optional(found->offset);
}

Result<void> BrokerOffsets::write(const std::map<MessageQueue, std::int64_t>& offsets) {
  std::vector<std::pair<runtime::Endpoint, Command>> requests;
  Result<void> outcome;
  for (const auto& [queue, offset] : offsets) {
    const auto broker = session_.last_master(queue.broker_name);
    if (!broker) {
      outcome = Error{Errc::unreachable, "the queue's master is not known"};
      continue;
    }
    const model::protocol::UpdateConsumerOffsetHeader header{group_, queue.topic, queue.queue_id, offset};
    requests.emplace_back(*broker, request_with(RequestCode::update_consumer_offset, header));
  }
  for (const auto& answer : session_.ask_all(std::move(requests)))
    if (!answer && outcome) outcome = answer.error();
  return outcome;
}

LocalOffsets::LocalOffsets(runtime::Disk& disk, const std::string& folder, const std::string& client_id,
                           const std::string& group)
    : disk_(disk), folder_(folder + "/" + client_id + "/" + group), path_(folder_ + "/offsets.json") {}

Result<void> LocalOffsets::load() {
  const auto file = disk_.open(path_, runtime::OpenMode::must_exist);
  if (!file && file.error().code == Errc::not_found) return {};
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  Buffer text(*size);
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto got = (*file)->read_at(filled, std::span(text).subspan(filled));
    if (!got) return got.error();
    if (*got == 0) break;
    filled += *got;
  }
  auto stored = model::protocol::read_body<StoredOffsets>(Bytes(text).first(filled),
                                                          model::protocol::JsonLimits::own_file());
  if (!stored) return stored.error();
  offsets_ = std::move(stored->offsets);
  return {};
}

Result<std::optional<std::int64_t>> LocalOffsets::read(const MessageQueue& queue) {
  const auto found = offsets_.find(queue);
  return found == offsets_.end() ? std::optional<std::int64_t>() : std::optional(found->second);
}

Result<void> LocalOffsets::write(const std::map<MessageQueue, std::int64_t>& offsets) {
  for (const auto& [queue, offset] : offsets) offsets_[queue] = offset;
  if (auto made = disk_.make_directories(folder_); !made) return made;
  // Whoever writes at the same time has another snapshot: each file is written by one call.
  const std::string temporary = fmt::format("{}.tmp{}", path_, ++writes_);
  if (auto written = write_file(temporary); !written) return written;
  if (auto renamed = disk_.rename(temporary, path_); !renamed) return renamed;
  return disk_.sync_directory(folder_);
}

Result<void> LocalOffsets::write_file(const std::string& path) {
  const Buffer text = model::protocol::write_body(StoredOffsets{offsets_});
  auto file = disk_.open(path, runtime::OpenMode::create_if_missing);
  if (!file) return file.error();
  if (auto emptied = (*file)->truncate(0); !emptied) return emptied;
  const Bytes bytes = text;
  if (auto written = (*file)->write_at(0, std::span(&bytes, 1)); !written) return written;
  return (*file)->sync();
}

}  // namespace gantry::client::consumer

#include "client/bench/frames.h"

#include <charconv>
#include <cstring>

#include "model/base/hex.h"
#include "model/message/batch.h"
#include "model/message/properties.h"
#include "model/protocol/send_headers.h"

namespace gantry::client::bench {

namespace {
using model::protocol::Command;
using model::protocol::RequestCode;
using model::protocol::SerializeType;

// Texts of the places that differ, found again in the encoded frame.
constexpr std::int64_t born_mark = 1'111'111'111'111;
constexpr std::string_view born_text = "1111111111111";
constexpr std::string_view opaque_text = "1000000000";
constexpr std::string_view key_text = "C0FFEE0000000000C0FFEE0000000000";
constexpr std::size_t key_digits = 16;  // the last ones count
constexpr std::size_t binary_opaque_at = 8 + 2 + 1 + 2;

std::string properties_of_one() {
  std::string text;
  model::message::append_property(text, model::message::property_name::uniq_key, key_text);
  model::message::append_property(text, model::message::property_name::wait, "true");
  return text;
}

Buffer noise(std::size_t bytes) {
  Buffer body(bytes);
  std::uint64_t state = 0x9E3779B97F4A7C15;
  for (std::byte& each : body) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    each = std::byte('0' + (state >> 33) % 64);
  }
  return body;
}

/// The request whose copies are sent, with marks where they differ.
Command request_of(const Options& options, std::int32_t queue_id, const std::string& broker_name) {
  const bool batch = options.batch > 1;
  const std::string properties = properties_of_one();
  const Buffer body = noise(options.body_bytes);
  model::protocol::SendHeader header;
  header.producer_group = options.group;
  header.topic = options.topic;
  header.default_topic = "TBW102";
  header.default_topic_queue_nums = options.queues;
  header.queue_id = queue_id;
  header.born_timestamp = born_mark;
  header.properties = batch ? std::string_view("WAIT\x01true") : std::string_view(properties);
  header.max_reconsume_times = 0;
  header.batch = batch;
  header.broker_name = broker_name;

  Command command = Command::request(batch ? RequestCode::send_batch_message : RequestCode::send_message_v2);
  command.opaque = SendFrame::opaque_min;
  header.write_v2(command.fields);
  if (!batch) command.body = body;
  for (std::uint32_t i = 0; batch && i < options.batch; ++i)
    model::message::append_batch_item({.body = body, .properties = properties}, command.body);
  return command;
}
}  // namespace

SendFrame::SendFrame(const Options& options, std::int32_t queue_id, const std::string& broker_name)
    : frame_(model::protocol::encode(request_of(options, queue_id, broker_name), options.header)),
      opaque_in_digits_(options.header == SerializeType::json) {
  const std::string_view text = as_text(frame_);
  // JSON keys are in order: the last such number before the body is the opaque.
  opaque_at_ = opaque_in_digits_ ? text.find(opaque_text, text.find("\"opaque\":")) : binary_opaque_at;
  born_at_ = text.find(born_text);
  invariant(opaque_at_ != text.npos && born_at_ != text.npos, "a request holds the marks put into it");
  for (std::size_t at = text.find(key_text); at != text.npos; at = text.find(key_text, at + 1))
    keys_at_.push_back(at + key_text.size() - key_digits);
  invariant(keys_at_.size() == options.batch, "each message has its key");
}

void SendFrame::append_to(Buffer& out, std::int32_t opaque, std::int64_t born_ms, std::uint64_t& keys) const {
  const std::size_t start = out.size();
  out.insert(out.end(), frame_.begin(), frame_.end());
  std::byte* const copy = out.data() + start;
  if (opaque_in_digits_) {
    char* const at = reinterpret_cast<char*>(copy + opaque_at_);
    std::to_chars(at, at + opaque_text.size(), opaque);
  } else {
    const auto wire = big_endian(static_cast<std::uint32_t>(opaque));
    std::memcpy(copy + opaque_at_, &wire, sizeof wire);
  }
  char* const born = reinterpret_cast<char*>(copy + born_at_);
  std::to_chars(born, born + born_text.size(), born_ms);
  for (const std::size_t key : keys_at_) put_hex(keys++, reinterpret_cast<char*>(copy + key));
}

namespace {
/// The number behind the last `"opaque":`, which no text of an answer to a send can contain.
bool read_opaque(std::string_view header, std::int32_t& into) {
  constexpr std::string_view name = "\"opaque\":";
  const std::size_t found = header.rfind(name);
  if (found == header.npos) return false;
  const char* const from = header.data() + found + name.size();
  return std::from_chars(from, header.data() + header.size(), into).ec == std::errc{};
}
}  // namespace

Result<Answer> read_answer(Bytes frame, model::protocol::CommandView& view) {
  constexpr std::string_view success = "{\"code\":0,";
  if (frame.size() >= 8) {
    const std::uint32_t word = static_cast<std::uint32_t>(ByteReader(frame.subspan(4)).i32());
    const std::string_view header = as_text(frame.subspan(8)).substr(0, word & 0xFF'FFFF);
    Answer answer;
    if (word >> 24 == 0 && header.starts_with(success) && read_opaque(header, answer.opaque)) return answer;
  }
  if (const auto decoded = decode(frame, view); !decoded) return decoded.error();
  return Answer{view.code, view.opaque, view.remark};
}

}  // namespace gantry::client::bench

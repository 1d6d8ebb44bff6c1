#include "model/protocol/command.h"

#include <array>

#include "model/protocol/binary_header.h"
#include "model/protocol/json_header.h"

namespace gantry::model::protocol {

namespace {

// Of an answer; growing to it by doubling would move the first ones thrice.
constexpr std::size_t usual_fields = 8;
constexpr std::size_t scratch_kept_max = 64 * 1024;  // a rare huge header must not hold its memory

constexpr std::array<std::string_view, 14> language_names = {"JAVA",   "CPP",  "DOTNET", "PYTHON", "DELPHI",
                                                             "ERLANG", "RUBY", "OTHER",  "HTTP",   "GO",
                                                             "PHP",    "OMS",  "RUST",   "NODE_JS"};

}  // namespace

std::string_view name_of(Language language) {
  const auto ordinal = static_cast<std::size_t>(language);
  return ordinal < language_names.size() ? language_names[ordinal] : "OTHER";
}

Language language_of(std::string_view name) {
  for (std::size_t i = 0; i < language_names.size(); ++i)
    if (language_names[i] == name) return static_cast<Language>(i);
  return Language::other;
}

void Fields::set(std::string_view name, const FieldText& value) {
  for (Entry& entry : entries_) {
    if (entry.first != name) continue;
    entry.second = value.view();
    return;
  }
  add(name, value);
}

void Fields::add(std::string_view name, const FieldText& value) {
  if (entries_.capacity() == 0) entries_.reserve(usual_fields);
  entries_.emplace_back(name, value.view());
}

std::optional<std::string_view> Fields::get(std::string_view name) const {
  for (const Entry& entry : entries_)
    if (entry.first == name) return entry.second;
  return std::nullopt;
}

std::optional<std::string_view> CommandView::field(std::string_view name) const {
  for (auto entry = fields_.rbegin(); entry != fields_.rend(); ++entry)
    if (entry->first == name) return entry->second;
  return std::nullopt;
}

Command CommandView::to_command() const {
  Command command{.code = code,
                  .language = language,
                  .version = version,
                  .opaque = opaque,
                  .flag = flag,
                  .remark = std::string(remark),
                  .body = to_buffer(body)};
  command.fields.reserve(fields_.size());
  for (const auto& [name, value] : fields_) command.fields.set(name, value);
  return command;
}

Result<std::optional<std::size_t>> frame_size(Bytes bytes) {
  if (bytes.size() < 4) return std::optional<std::size_t>();
  const std::int32_t length = ByteReader(bytes).i32();
  if (length < 4) return Error(Errc::invalid, "a frame is shorter than its header word");
  const std::size_t whole = static_cast<std::size_t>(length) + 4;
  if (whole > frame_bytes_max) return Error(Errc::too_large, "a frame is longer than 16 MiB");
  return std::optional<std::size_t>(whole);
}

Result<void> decode(Bytes frame, CommandView& into) {
  ByteReader in(frame);
  const std::int32_t length = in.i32();
  const auto word = static_cast<std::uint32_t>(in.i32());
  const Bytes header = in.bytes(word & 0xFF'FFFFu);
  if (!in.ok() || length < 0 || static_cast<std::size_t>(length) != frame.size() - 4)
    return Error(Errc::invalid, "a frame whose lengths do not agree");

  into.code = into.version = into.opaque = into.flag = 0;
  into.language = Language::java;
  into.remark = {};
  into.fields_.clear();
  into.body = in.rest();
  if (into.scratch_.size() > scratch_kept_max) into.scratch_ = std::string();

  switch (word >> 24) {
    case static_cast<std::uint32_t>(SerializeType::json):
      into.type = SerializeType::json;
      if (JsonHeaderScanner(as_text(header), into).run()) return {};
      return Error(Errc::invalid, "a frame whose JSON header is malformed");
    case static_cast<std::uint32_t>(SerializeType::rocketmq):
      into.type = SerializeType::rocketmq;
      if (decode_binary_header(header, into)) return {};
      return Error(Errc::invalid, "a frame whose binary header is malformed");
    default: return Error(Errc::invalid, "a frame of an unknown serialize type");
  }
}

}  // namespace gantry::model::protocol

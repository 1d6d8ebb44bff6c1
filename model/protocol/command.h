#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/base/bytes.h"
#include "model/base/result.h"
#include "model/protocol/codes.h"
#include "model/protocol/language.h"

namespace gantry::model::protocol {

/// How a header is written; the high byte of the frame's second word.
enum class SerializeType : std::uint8_t { json = 0, rocketmq = 1 };

/// What we announce: MQVersion ordinal of 4.9.8.
inline constexpr std::int32_t announced_version = 409;

/// Bits of `flag`.
inline constexpr std::int32_t flag_response = 1;
inline constexpr std::int32_t flag_oneway = 2;

/// The limit that RocketMQ's length-field decoder puts on a whole frame, its length field included.
inline constexpr std::size_t frame_bytes_max = 16 * 1024 * 1024;
/// What the 24 bits of a header's length can say.
inline constexpr std::size_t header_bytes_max = 0xFF'FFFF;
/// Extension fields that a received header may have; the richest known request has about thirty.
inline constexpr std::size_t fields_max = 1024;
/// A longer remark is cut when it is encoded: it may quote what a peer sent.
inline constexpr std::size_t remark_bytes_max = 32 * 1024;

/// The value of a field as text: a number in decimal, a bool as `true` or `false`. For an argument: a view.
class FieldText {
 public:
  template <std::convertible_to<std::string_view> T>
  FieldText(const T& text) : text_(text) {}  // NOLINT: converts on purpose, as the next two
  FieldText(std::same_as<bool> auto truth) : text_(truth ? "true" : "false") {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  FieldText(T number) {
    const char* const end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), number).ptr;
    text_ = {digits_.data(), static_cast<std::size_t>(end - digits_.data())};
  }
  FieldText(const FieldText&) = delete;  // it may view itself
  FieldText& operator=(const FieldText&) = delete;
  std::string_view view() const { return text_; }

 private:
  std::array<char, 20> digits_;
  std::string_view text_;
};

/// Names and values of a header, in order of insertion; few, so a list beats a map.
class Fields {
 public:
  using Entry = std::pair<std::string, std::string>;
  /// Replaces the value if the name is there.
  void set(std::string_view name, const FieldText& value);
  /// Adds a name that is not there yet: whoever writes a whole header spares the search for each field.
  void add(std::string_view name, const FieldText& value);
  void add(std::string_view name, std::string&& value) { entries_.emplace_back(name, std::move(value)); }
  /// Makes room for that many, so that setting them does not move the earlier ones.
  void reserve(std::size_t count) { entries_.reserve(count); }
  std::optional<std::string_view> get(std::string_view name) const;
  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  friend bool operator==(const Fields&, const Fields&) = default;

 private:
  std::vector<Entry> entries_;
};

/// A command that owns its parts: what we send, and answers that we keep.
/// `opaque`, `language`, `version` and the response flag are set by the channel that sends it.
struct Command {
  std::int32_t code = 0;
  Language language = Language::cpp;
  std::int32_t version = announced_version;
  std::int32_t opaque = 0;
  std::int32_t flag = 0;
  std::string remark;  ///< empty = none
  Fields fields;
  Buffer body;

  bool is_response() const { return (flag & flag_response) != 0; }
  bool is_oneway() const { return (flag & flag_oneway) != 0; }

  static Command request(RequestCode code) { return {.code = static_cast<std::int32_t>(code)}; }
  static Command response(ResponseCode code, std::string_view remark = {}) {
    return {.code = static_cast<std::int32_t>(code), .flag = flag_response, .remark = std::string(remark)};
  }
  friend bool operator==(const Command&, const Command&) = default;
};

/// A command as it lies in a received frame: views into that frame (and into this object's own
/// scratch for text that had escapes). Reused from frame to frame, so that decoding a usual header
/// allocates nothing. Valid until the frame goes or decode() is called again.
class CommandView {
 public:
  using Entry = std::pair<std::string_view, std::string_view>;

  CommandView() = default;
  CommandView(const CommandView&) = delete;  // its views may point into itself
  CommandView& operator=(const CommandView&) = delete;

  std::int32_t code = 0;
  Language language = Language::java;
  std::int32_t version = 0;
  std::int32_t opaque = 0;
  std::int32_t flag = 0;
  std::string_view remark;
  SerializeType type = SerializeType::json;
  Bytes body;

  bool is_response() const { return (flag & flag_response) != 0; }
  bool is_oneway() const { return (flag & flag_oneway) != 0; }

  /// The value of an extension field; numbers and booleans of the JSON form as their text, an array
  /// or object as it was written. `null` counts as absent. Of a repeated name the last one counts.
  std::optional<std::string_view> field(std::string_view name) const;
  /// As they came, repeated names included.
  const std::vector<Entry>& fields() const { return fields_; }

  Command to_command() const;

 private:
  friend Result<void> decode(Bytes frame, CommandView& into);
  friend class JsonHeaderScanner;
  friend bool decode_binary_header(Bytes header, CommandView& into);
  std::vector<Entry> fields_;
  std::string scratch_;  // made as long as the header before the first view into it
};

/// How long the frame at the front of `bytes` is, its length field included; nothing when fewer than
/// four bytes are there. Errors: `invalid` (negative or shorter than a header word), `too_large`.
Result<std::optional<std::size_t>> frame_size(Bytes bytes);

/// Decodes one whole frame, length field included. Any bytes are survived: never throws, never
/// recurses on input, never allocates more than the frame is long and a constant. Unknown keys are
/// ignored, keys come in any order. Errors: `invalid`; `into` is then not to be read.
Result<void> decode(Bytes frame, CommandView& into);

/// Appends the length word, the header word and the header to `out`: everything of the frame but
/// the body, which is to follow as it is. Values of fields are always written as JSON strings (Go
/// and C++ clients read nothing else), and a response always has a map of them. The binary form
/// carries codes and versions of 16 bits and no empty field. A command whose fields do not fit a header
/// goes without them, an answer then as SYSTEM_ERROR; whether the whole frame fits a peer's limit is
/// the caller's to ask.
void encode_head(const Command& command, SerializeType type, Buffer& out);
/// The whole frame.
Buffer encode(const Command& command, SerializeType type = SerializeType::json);

}  // namespace gantry::model::protocol

#pragma once

#include <cstdint>
#include <string_view>

#include "model/protocol/command.h"

namespace gantry::model::protocol {

/// Reads the JSON form of a header straight into a CommandView: one pass, no tree, no recursion.
/// A value without escapes stays a view into the header; others are decoded into the view's scratch.
///
/// More lenient than JSON where a peer is: numbers in strings, raw control characters, and anything
/// inside of values that nobody asked for as long as brackets and quotes match.
class JsonHeaderScanner {
 public:
  JsonHeaderScanner(std::string_view header, CommandView& into);
  /// False when the text is no header.
  bool run();

 private:
  enum class Kind : std::uint8_t { text, scalar, null, nested };

  void space() {
    while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') ++at_;
  }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool key(std::string_view& name);
  bool more(bool& again);
  bool member(std::string_view name);
  bool extension_fields();
  bool plain_entry(std::string_view& name, std::string_view& text);
  bool value(std::string_view& text, Kind& kind);
  bool quoted(std::string_view& text);
  bool unescape(std::string_view& text);
  bool scalar(std::string_view& text, Kind& kind);
  bool nested(std::string_view& text);
  bool integer(std::int32_t& into);
  bool language();

  const char* at_;
  const char* const end_;
  const std::size_t size_;
  std::size_t scratch_used_ = 0;
  CommandView& into_;
};

}  // namespace gantry::model::protocol

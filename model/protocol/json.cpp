#include "model/protocol/json.h"

#include <array>
#include <charconv>
#include <cmath>

#include "model/base/utf8.h"
#include "model/protocol/json_text.h"

namespace gantry::model::protocol {

bool operator==(const Json::Object& a, const Json::Object& b) {
  return a.members == b.members;
}

bool operator==(const Json& a, const Json& b) {
  return a.value_ == b.value_;
}

const Json* Json::find(std::string_view name) const {
  const Object* const object = as_object();
  if (object == nullptr) return nullptr;
  const auto found = object->members.find(name);
  return found == object->members.end() ? nullptr : &found->second;
}

Json& Json::set(std::string_view name, Json value) {
  Object* const object = as_object();
  invariant(object != nullptr, "only an object has members");
  object->members.insert_or_assign(std::string(name), std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  Array* const array = as_array();
  invariant(array != nullptr, "only an array has elements");
  array->push_back(std::move(value));
  return *this;
}

namespace {

class Writer {
 public:
  explicit Writer(const JsonStyle& style) : style_(style) {}

  void write(const Json& value) {
    if (value.is_null()) {
      out_ += "null";
    } else if (const bool* truth = value.as_bool()) {
      out_ += *truth ? "true" : "false";
    } else if (const std::int64_t* integer = value.as_int()) {
      number(*integer);
    } else if (const double* real = value.as_double()) {
      number(*real);
    } else if (const std::string* text = value.as_text()) {
      quoted(*text);
    } else if (const Json::Array* array = value.as_array()) {
      write(*array);
    } else {
      write(*value.as_object());
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void write(const Json::Array& array) {
    open('[');
    bool first = true;
    for (const Json& element : array) {
      next(first);
      write(element);
    }
    close(']', first);
  }

  void write(const Json::Object& object) {
    const bool bare = object.bare_keys && !style_.quote_all_keys;
    open('{');
    bool first = true;
    for (const auto& [key, value] : object.members) {
      next(first);
      if (bare && json_text::can_be_bare(key)) {
        out_ += key;
      } else {
        quoted(key);
      }
      out_ += ':';
      write(value);
    }
    close('}', first);
  }

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
  }
  void next(bool& first) {
    if (!first) out_ += ',';
    first = false;
    line();
  }
  void close(char bracket, bool empty) {
    --depth_;
    if (!empty) line();
    out_ += bracket;
  }
  void line() {
    if (style_.pretty) out_.append("\n").append(depth_, '\t');
  }

  void number(std::int64_t value) {
    std::array<char, 24> digits;
    out_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }

  /// With a point, as Java writes a double; what is no number has no JSON but null.
  void number(double value) {
    if (!std::isfinite(value)) {
      out_ += "null";
      return;
    }
    std::array<char, 32> digits;
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    out_ += text;
    if (text.find_first_of(".e") == std::string_view::npos) out_ += ".0";
  }

  void quoted(std::string_view text) {
    out_ += '"';
    if (style_.escape_non_ascii) {
      for (std::size_t at = 0; at < text.size();) character(text, at);
    } else {
      plain(text);
    }
    out_ += '"';
  }

  void plain(std::string_view text) {
    const std::size_t before = out_.size();
    out_.resize(before + json_text::escaped_size(text));
    const char* const end = json_text::write_escaped(text, out_.data() + before);
    out_.resize(static_cast<std::size_t>(end - out_.data()));
  }

  void character(std::string_view text, std::size_t& at) {
    const std::size_t begin = at;
    std::uint32_t c = read_utf8(text, at);
    if (c < 0x80) return plain(text.substr(begin, at - begin));
    if (c >= 0x10000) {
      c -= 0x10000;
      unit(0xD800 + (c >> 10));
      c = 0xDC00 + (c & 0x3FF);
    }
    unit(c);
  }
  void unit(std::uint32_t value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out_ += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out_ += digits[value >> shift & 15];
  }

  const JsonStyle style_;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string write_json(const Json& value, const JsonStyle& style) {
  Writer writer(style);
  writer.write(value);
  return writer.take();
}

Buffer write_json_body(const Json& value, const JsonStyle& style) {
  return to_buffer(as_bytes(write_json(value, style)));
}

}  // namespace gantry::model::protocol

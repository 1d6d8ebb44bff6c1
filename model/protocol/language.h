#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::model::protocol {

/// RocketMQ's LanguageCode, by ordinal.
enum class Language : std::uint8_t {
  java,
  cpp,
  dotnet,
  python,
  delphi,
  erlang,
  ruby,
  other,
  http,
  go,
  php,
  oms,
  rust,
  node_js
};

/// `JAVA`, `CPP`, ...
std::string_view name_of(Language language);
/// What the name stands for; `other` for an unknown one.
Language language_of(std::string_view name);

}  // namespace gantry::model::protocol

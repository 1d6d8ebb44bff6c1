#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "broker/namesrv/namesrv_config.h"
#include "model/base/result.h"

namespace gantry::broker::program {

/// Why a NameServer did not start, as a sentence without its end.
inline std::string namesrv_trouble(const namesrv::NamesrvConfig& config, const Error& error) {
  const std::string at = fmt::format("{}:{}", config.bind_address, config.listen_port);
  const std::string_view why = error.detail[0] != '\0' ? error.detail : name_of(error.code);
  switch (error.code) {
    case Errc::in_use: return fmt::format("another process listens on {} already", at);
    case Errc::denied:
    case Errc::unreachable: return fmt::format("cannot listen on {}: {}", at, why);
    default: return fmt::format("cannot start with {} and {}: {}", at, config.kv_config_path, why);
  }
}

}  // namespace gantry::broker::program

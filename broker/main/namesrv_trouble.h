#pragma once

#include <string>

#include "broker/namesrv/namesrv_config.h"
#include "model/base/result.h"

/// Why a NameServer did not start, as a sentence without its end.
inline std::string namesrv_trouble(const gantry::broker::namesrv::NamesrvConfig& config,
                                   const gantry::Error& error) {
  using gantry::Errc;
  const std::string at = config.bind_address + ":" + std::to_string(config.listen_port);
  const std::string why(error.detail[0] != '\0' ? std::string_view(error.detail) : name_of(error.code));
  switch (error.code) {
    case Errc::in_use: return "another process listens on " + at + " already";
    case Errc::denied:
    case Errc::unreachable: return "cannot listen on " + at + ": " + why;
    default: return "cannot start with " + at + " and " + config.kv_config_path + ": " + why;
  }
}

#include "model/base/result.h"

namespace gantry {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::gone: return "gone";
    case Errc::stopped: return "stopped";
    case Errc::closed: return "closed";
    case Errc::reset: return "reset";
    case Errc::timed_out: return "timed_out";
    case Errc::refused: return "refused";
    case Errc::unreachable: return "unreachable";
    case Errc::in_use: return "in_use";
    case Errc::denied: return "denied";
    case Errc::not_found: return "not_found";
    case Errc::exists: return "exists";
    case Errc::no_space: return "no_space";
    case Errc::io: return "io";
    case Errc::invalid: return "invalid";
    case Errc::too_large: return "too_large";
    case Errc::busy: return "busy";
  }
  return "unknown";
}

}  // namespace gantry

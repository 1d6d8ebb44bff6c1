#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "model/base/format.h"
#include "runtime/events.h"
#include "runtime/network.h"

/// `host:port`.
template <>
struct fmt::formatter<gantry::runtime::Endpoint> : fmt::formatter<fmt::string_view> {
  auto format(const gantry::runtime::Endpoint& endpoint, fmt::format_context& out) const {
    return fmt::format_to(out.out(), "{}:{}", endpoint.host, endpoint.port);
  }
};

namespace gantry::runtime {

/// One line for the operator, laid out by fmt.
template <class... Args>
void log(Events& events, Level level, fmt::format_string<Args...> text, Args&&... args) {
  events.log(level, fmt::format(text, std::forward<Args>(args)...));
}

/// As Events::record(), with the facts written where they are told.
inline void record(Events& events, std::string_view kind, std::string_view about,
                   std::initializer_list<std::int64_t> facts) {
  events.record(kind, about, std::span(facts.begin(), facts.size()));
}

/// A trouble that recurs for as long as it lasts, and of which the operator is told once. Whoever meets
/// the trouble calls raise(), whoever finds that it is gone calls settle(); after that the next raise()
/// is logged again.
class Complaint {
 public:
  /// Logs when the trouble is new. The text is laid out only then.
  template <class... Args>
  void raise(Events& events, Level level, fmt::format_string<Args...> text, Args&&... args) {
    if (std::exchange(raised_, true)) return;
    log(events, level, text, std::forward<Args>(args)...);
  }
  /// Returns whether there was a trouble, for those who log its end.
  bool settle() { return std::exchange(raised_, false); }
  bool raised() const { return raised_; }

 private:
  bool raised_ = false;
};

}  // namespace gantry::runtime

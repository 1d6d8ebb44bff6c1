#pragma once

#include <cstdint>
#include <string_view>

#include <boost/system/result.hpp>

#include "model/base/invariant.h"

namespace gantry {

/// Why an ordinary operation did not succeed. Small and closed: a caller decides by these, and
/// nothing else is worth deciding on.
enum class Errc : std::uint8_t {
  gone = 1,     ///< this incarnation of the node crashed; nothing it does has an effect any more
  stopped,      ///< the node, or this component, is stopping or has fenced itself
  closed,       ///< the peer or we closed the stream in order
  reset,        ///< the stream broke; what was in flight may or may not have arrived
  timed_out,    ///< the deadline passed; the operation may still have taken place
  refused,      ///< nobody listens there
  unreachable,  ///< no way to that host, or its name does not resolve
  in_use,       ///< the port or the lock is held by somebody else
  denied,       ///< the operating system does not permit it
  not_found,    ///< no such file, topic, group or key
  exists,       ///< it is there already
  no_space,     ///< the disk is full
  io,           ///< the disk failed
  invalid,      ///< malformed or out of range input
  too_large,    ///< over a stated limit
  busy,         ///< a stated bound is reached; try later
};

/// The code's own name, as in the enumeration.
std::string_view name_of(Errc code);

/// A code and a detail that says more to a person. `detail` has static storage: an error is two
/// words, copied freely, and costs nothing on paths where errors are ordinary.
struct Error {
  Errc code;
  const char* detail;

  constexpr Error() : code{}, detail("") {}  // what error() of a value yields
  constexpr Error(Errc why, const char* more = "") : code(why), detail(more) {}
  friend bool operator==(const Error& a, const Error& b) { return a.code == b.code; }
};

/// Found by boost::system::result when value() is called on an error: that is our own bug.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  invariant_failed(error.detail[0] != '\0' ? error.detail : "value() of a Result that holds an error");
}

/// A value, or why there is none. Converts from both; must be looked at.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

}  // namespace gantry

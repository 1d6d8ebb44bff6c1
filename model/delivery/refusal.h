#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

#include "model/base/invariant.h"
#include "model/base/result.h"

namespace gantry::model::delivery {

/// Why a broker does not do what it was asked to do. These are all that a caller can act upon; each door
/// has a code of its own wire for each of them.
enum class Reason : std::uint8_t {
  invalid,           ///< the request contradicts itself, or exceeds a limit
  no_room,           ///< the broker keeps as many of these as it can
  not_saved,         ///< the change could not be written to the disk
  forbidden,         ///< a permission or a configuration says no
  unavailable,       ///< not now and not here: the broker stops, or its disk is full or has failed
  busy,              ///< too many requests wait; the same one may succeed a little later
  illegal_message,   ///< no broker takes this message as it is
  no_topic,          ///< the topic does not exist and is not created by this request
  no_group,          ///< the consumer group does not exist and is not created by this request
  bad_subscription,  ///< the expression cannot be understood
  no_subscription,   ///< the group, or its subscription to the topic, is not known from a heartbeat
  old_subscription,  ///< what is known from a heartbeat is older than what the request relies on
  not_found,         ///< there is no such offset or message
};

/// A reason, and one sentence that tells a person more.
struct Refusal {
  Reason reason = Reason::invalid;
  std::string why;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// For a change that could not be written, with what the disk said: a full disk is not mended like one that
/// is read-only, or like a process that has no descriptor left.
Refusal not_saved(Reason reason, std::string_view what, const Error& error);

/// Found by boost::system::result when value() is called on a refusal: that is our own bug.
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  invariant_failed(refusal.why.c_str());
}

/// What a service made of a request: a value, or why there is none.
template <class T>
class [[nodiscard]] Outcome : public boost::system::result<T, Refusal> {
 public:
  using boost::system::result<T, Refusal>::result;
};

}  // namespace gantry::model::delivery

#pragma once

#include <cerrno>

#include "model/base/result.h"

namespace gantry::runtime::asio {

/// Makes a system call, again when a signal has interrupted it.
template <class Call>
auto uninterrupted(Call call) -> decltype(call()) {
  for (;;)
    if (const auto returned = call(); returned != -1 || errno != EINTR) return returned;
}

/// What a system call's errno means to the product; the detail is the system's own wording.
Error error_of(int system_errno);

}  // namespace gantry::runtime::asio

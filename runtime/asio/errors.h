#pragma once

#include "model/base/result.h"

namespace gantry::runtime::asio {

/// What a system call's errno means to the product; the detail is the system's own wording.
Error error_of(int system_errno);

}  // namespace gantry::runtime::asio

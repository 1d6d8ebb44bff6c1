#pragma once

#include <memory>
#include <string_view>

#include "model/base/result.h"

namespace gantry {

/// What clients run on, and how a program waits for them. A client that is given none has a thread of its
/// own, on which it runs beside the program's threads; one backend may serve several clients. It lives until
/// the last of them is gone.
class Backend;

/// A thread for clients. `name` is for people: it stands in log lines. Errors: `denied`, when the thread's
/// node cannot be made.
Result<std::shared_ptr<Backend>> start_thread_backend(std::string_view name);

}  // namespace gantry

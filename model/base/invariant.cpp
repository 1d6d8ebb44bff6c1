#include "model/base/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace gantry {

// The one place in the product that touches a standard stream: the process is about to end, and
// whoever reads the wreck needs the line. (The symbol scan exempts this object file by name.)
void invariant_failed(const char* claim, std::source_location where) {
  std::fprintf(stderr, "%s:%u: invariant broken: %s\n", where.file_name(),
               static_cast<unsigned>(where.line()), claim);
  std::abort();
}

}  // namespace gantry

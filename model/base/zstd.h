#pragma once

#include <cstddef>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry {

/// What one Zstandard frame holds, the form that Java clients write since 4.9.4; bytes behind it are
/// ignored. Errors: as inflate(); `invalid` also when the frame wants a window of more than 8 MiB, which
/// is what the format's specification tells everybody to support and what no level below 20 exceeds.
Result<Buffer> unpack_zstd(Bytes bytes, std::size_t bytes_max);

}  // namespace gantry

#pragma once

#include <cstddef>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry {

/// What one LZ4 frame holds, the form that Java clients write since 4.9.4 (`LZ4FrameOutputStream`);
/// bytes behind it are ignored. Errors: as inflate().
Result<Buffer> unpack_lz4(Bytes bytes, std::size_t bytes_max);

}  // namespace gantry

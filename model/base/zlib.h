#pragma once

#include <cstddef>

#include "model/base/bytes.h"
#include "model/base/result.h"

namespace gantry {

/// One zlib stream (RFC 1950). `level` from 1 (fast) to 9 (small).
Buffer deflate(Bytes bytes, int level = 5);

/// What one zlib stream holds; bytes behind it are ignored. Errors: `invalid` (no zlib, damaged, cut),
/// `too_large` (more than `bytes_max`: a few bytes can stand for gigabytes, so nothing is inflated
/// without a limit).
Result<Buffer> inflate(Bytes bytes, std::size_t bytes_max);

}  // namespace gantry

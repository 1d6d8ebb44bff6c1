#include "model/base/crc32.h"

#include <isa-l/crc.h>

namespace gantry {

std::uint32_t crc32(Bytes bytes, std::uint32_t before) {
  return crc32_gzip_refl(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace gantry

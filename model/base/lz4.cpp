#include "model/base/lz4.h"

#include <memory>

#include <lz4frame.h>

#include "model/base/growing_buffer.h"

namespace gantry {

Result<Buffer> unpack_lz4(Bytes bytes, std::size_t bytes_max) {
  LZ4F_dctx* made = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)))
    return Error(Errc::no_space, "no memory to unpack LZ4");
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
      made, &LZ4F_freeDecompressionContext);
  GrowingBuffer out(bytes.size() * 4, bytes_max);
  for (std::size_t wanted = 1; wanted != 0;) {  // bytes that it would like next
    const std::span<std::byte> room = out.room();
    if (room.empty()) break;
    std::size_t written = room.size();
    std::size_t taken = bytes.size();
    wanted = LZ4F_decompress(context.get(), room.data(), &written, bytes.data(), &taken, nullptr);
    const bool stuck = wanted != 0 && written == 0 && taken == 0;
    if (LZ4F_isError(wanted) || stuck) return Error(Errc::invalid, "a body is no intact LZ4 frame");
    out.commit(written);
    bytes = bytes.subspan(taken);
  }
  if (out.too_large()) return Error(Errc::too_large, "a compressed body holds more than is allowed");
  return out.take();
}

}  // namespace gantry

#include "model/base/zstd.h"

#include <memory>

#include <zstd.h>

#include "model/base/growing_buffer.h"

namespace gantry {

namespace {
constexpr int window_log_max = 23;  // 8 MiB: a frame's header alone can make us allocate it
}

Result<Buffer> unpack_zstd(Bytes bytes, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  if (!context) return Error(Errc::no_space, "no memory to unpack Zstandard");
  const std::size_t set = ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log_max);
  invariant(ZSTD_isError(set) == 0, "the limit of the window is a legal one");
  GrowingBuffer out(bytes.size() * 4, bytes_max);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (std::size_t wanted = 1; wanted != 0;) {  // bytes that it would like next
    const std::span<std::byte> room = out.room();
    if (room.empty()) break;
    ZSTD_outBuffer into{room.data(), room.size(), 0};
    const std::size_t before = in.pos;
    wanted = ZSTD_decompressStream(context.get(), &into, &in);
    const bool stuck = wanted != 0 && into.pos == 0 && in.pos == before;
    if (ZSTD_isError(wanted) != 0 || stuck)
      return Error(Errc::invalid, "a body is no intact Zstandard frame");
    out.commit(into.pos);
  }
  if (out.too_large()) return Error(Errc::too_large, "a compressed body holds more than is allowed");
  return out.take();
}

}  // namespace gantry

#include "model/base/zlib.h"

#include <zlib.h>

#include "model/base/growing_buffer.h"

namespace gantry {

namespace {

/// Ends a stream on every way out.
struct Stream : z_stream {
  explicit Stream(int (*end)(z_streamp)) : z_stream{}, end_(end) {}
  ~Stream() { end_(this); }
  Stream(const Stream&) = delete;

 private:
  int (*end_)(z_streamp);
};

Bytef* bytes_of(Bytes from) {
  return reinterpret_cast<Bytef*>(const_cast<std::byte*>(from.data()));  // zlib only reads it
}

}  // namespace

Buffer deflate(Bytes bytes, int level) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  Buffer out(size);
  const int status = compress2(reinterpret_cast<Bytef*>(out.data()), &size, bytes_of(bytes),
                               static_cast<uLong>(bytes.size()), level);
  invariant(status == Z_OK, "deflate() has room and a legal level");
  out.resize(size);
  return out;
}

Result<Buffer> inflate(Bytes bytes, std::size_t bytes_max) {
  Stream stream(&inflateEnd);
  if (inflateInit(&stream) != Z_OK) return Error(Errc::no_space, "no memory to inflate");
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  GrowingBuffer out(bytes.size() * 4, bytes_max);
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const std::span<std::byte> room = out.room();
    if (room.empty()) break;
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    status = ::inflate(&stream, Z_NO_FLUSH);
    out.commit(room.size() - stream.avail_out);
    const bool stuck =
        status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0);
    if (stuck || (status != Z_OK && status != Z_STREAM_END))
      return Error(Errc::invalid, "a body is no intact zlib stream");
  }
  if (out.too_large()) return Error(Errc::too_large, "a compressed body holds more than is allowed");
  return out.take();
}

}  // namespace gantry

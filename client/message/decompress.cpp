#include "client/message/decompress.h"

#include <algorithm>

#include <zlib.h>

#include "model/message/sys_flag.h"

namespace gantry::client::message {
namespace {

namespace sys_flag = model::message::sys_flag;

/// Owns zlib's state.
class Inflater {
 public:
  Inflater() : ready_(inflateInit(&stream_) == Z_OK) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;

  Result<Buffer> run(Bytes body) {
    if (!ready_) return Error{Errc::invalid, "zlib has no memory"};
    Buffer out(std::max<std::size_t>(body.size() * 4, 4096));
    std::size_t filled = 0;
    // zlib only reads from next_in, its type just does not say so.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    while (true) {
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
      stream_.avail_out = static_cast<uInt>(out.size() - filled);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      filled = out.size() - stream_.avail_out;
      if (status == Z_STREAM_END) break;
      if (status != Z_OK || stream_.avail_out != 0) return Error{Errc::invalid, "a body does not decompress"};
      if (out.size() >= decompressed_bytes_max)
        return Error{Errc::too_large, "a body decompresses to too much"};
      out.resize(std::min(out.size() * 2, decompressed_bytes_max));
    }
    out.resize(filled);
    return out;
  }

 private:
  z_stream stream_{};
  bool ready_;
};

}  // namespace

Result<Buffer> decompress(Bytes body, std::int32_t type) {
  if (type == sys_flag::compression_legacy || type == sys_flag::compression_zlib) return Inflater().run(body);
  return Error{Errc::invalid, "a body is compressed in a form that this client does not know"};
}

}  // namespace gantry::client::message

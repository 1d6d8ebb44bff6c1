#include "runtime/asio/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/asio/errors.h"

namespace gantry::runtime::asio {

Fd::~Fd() {
  ::close(fd_);
}

namespace {
constexpr std::size_t buffers_per_write = 256;
/// What the device takes past the page cache: whole blocks, from memory that begins like one. Every file
/// system that has direct I/O takes it so.
constexpr std::size_t block_bytes = 4096;
/// A smaller write costs less through the page cache.
constexpr std::size_t direct_bytes_min = 256u << 10;

/// Reads what is there up to the end of the file; blocks for the device.
Result<Buffer> read_cold(const Fd& fd, std::uint64_t offset, std::size_t size) {
  Buffer into(size);
  std::size_t total = 0;
  while (total < size) {
    const ssize_t got =
        ::pread(fd.get(), into.data() + total, size - total, static_cast<off_t>(offset + total));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{Errc::io, error_of(errno).detail};
    if (got == 0) break;
    total += static_cast<std::size_t>(got);
  }
  into.resize(total);
  return into;
}

/// Writes whole blocks past the page cache. Returns how many bytes: all, but where this is not to be had.
Result<std::size_t> write_direct(const Fd& file, std::uint64_t offset, Bytes from) {
  // Opened each time: next to a large write that costs nothing, and holds no second descriptor.
  const std::string same = "/proc/self/fd/" + std::to_string(file.get());
  const int opened = ::open(same.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC);
  if (opened < 0) return 0;
  const Fd fd(opened);
  std::size_t done = 0;
  while (done < from.size()) {
    const ssize_t put =
        ::pwrite(fd.get(), from.data() + done, from.size() - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT)) return error_of(errno);
    if (put <= 0) break;  // what is not the device's own trouble may work through the cache
    done += static_cast<std::size_t>(put);
  }
  return done;
}

Result<void> done_or_error(int returned) {
  if (returned == 0) return {};
  return error_of(errno);
}

Result<void> set_size(const Fd& fd, std::uint64_t size) {
  return done_or_error(uninterrupted([&] { return ::ftruncate(fd.get(), static_cast<off_t>(size)); }));
}

Result<void> reserve(const Fd& fd, std::uint64_t size) {
  // Not posix_fallocate(): where the file system cannot, that one writes every block.
  if (uninterrupted([&] { return ::fallocate(fd.get(), 0, 0, static_cast<off_t>(size)); }) == 0) return {};
  if (errno != EOPNOTSUPP) return error_of(errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return error_of(errno);
  if (static_cast<std::uint64_t>(status.st_size) >= size) return {};
  return set_size(fd, size);
}

class PosixFile final : public File {
 public:
  PosixFile(Reactor& reactor, Helpers& helpers, std::shared_ptr<const Fd> fd)
      : reactor_(reactor), helpers_(helpers), fd_(std::move(fd)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (reactor_.gone()) return Errc::gone;
    std::size_t total = 0;
    while (total < into.size()) {
      const iovec rest{into.data() + total, into.size() - total};
      const ssize_t got = ::preadv2(fd_->get(), &rest, 1, static_cast<off_t>(offset + total), RWF_NOWAIT);
      if (got == 0) return total;
      if (got > 0) {
        total += static_cast<std::size_t>(got);
      } else if (errno == EAGAIN || errno == EOPNOTSUPP) {
        return finish_cold(offset, into, total);
      } else if (errno != EINTR) {
        return Error{Errc::io, error_of(errno).detail};
      }
    }
    return total;
  }

  Result<void> write_at(std::uint64_t offset, std::span<const Bytes> from) override {
    if (reactor_.gone()) return Errc::gone;
    if (from.size() != 1) return write_cached(offset, from);
    // The whole blocks of a large one go to the device, its ends through the cache: two copies less, and
    // none of the kernel's own work for each page, which takes longer than the copies.
    const Bytes all = from[0];
    const std::size_t head = (block_bytes - offset % block_bytes) % block_bytes;
    if (all.size() < head + direct_bytes_min || !is_block(all.data() + head))
      return write_cached(offset, from);
    const auto direct =
        write_blocks(offset + head, all.subspan(head, (all.size() - head) / block_bytes * block_bytes));
    if (!direct) return write_error_of(direct.error());
    const std::size_t tail = head + *direct;
    for (const auto& [bytes, at] :
         {std::pair{all.first(head), offset}, std::pair{all.subspan(tail), offset + tail}})
      if (auto written = write_cached(at, std::span(&bytes, 1)); !written) return written;
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    return slow([size](const Fd& fd) { return set_size(fd, size); });
  }
  Result<void> allocate(std::uint64_t size) override {
    return slow([size](const Fd& fd) { return reserve(fd, size); });
  }
  Result<void> sync() override {
    return slow([](const Fd& fd) { return done_or_error(::fdatasync(fd.get())); });
  }
  Result<std::uint64_t> size() const override {
    if (reactor_.gone()) return Errc::gone;
    struct stat status{};
    if (::fstat(fd_->get(), &status) != 0) return Error{Errc::io, error_of(errno).detail};
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  static bool is_block(const std::byte* memory) {
    return reinterpret_cast<std::uintptr_t>(memory) % block_bytes == 0;
  }

  /// By a helper. After a crash the memory may be another's before the device has read it: as with every
  /// write that was going on, nobody knows what lies there.
  Result<std::size_t> write_blocks(std::uint64_t offset, Bytes from) {
    return helpers_.run(Lane::write, [fd = fd_, offset, from] { return write_direct(*fd, offset, from); });
  }

  Result<void> write_cached(std::uint64_t offset, std::span<const Bytes> from) {
    std::size_t skip = 0;  // of the first buffer
    while (!from.empty()) {
      std::array<iovec, buffers_per_write> vectors;
      const std::size_t count = std::min(from.size(), buffers_per_write);
      for (std::size_t i = 0; i < count; ++i)
        vectors[i] = {const_cast<std::byte*>(from[i].data()), from[i].size()};
      vectors[0] = {const_cast<std::byte*>(from[0].data()) + skip, from[0].size() - skip};
      const ssize_t put =
          ::pwritev(fd_->get(), vectors.data(), static_cast<int>(count), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return write_error(errno);
      offset += static_cast<std::uint64_t>(put);
      skip += static_cast<std::size_t>(put);
      while (!from.empty() && skip >= from[0].size()) {
        skip -= from[0].size();
        from = from.subspan(1);
      }
    }
    return {};
  }

  template <class Call>
  Result<void> slow(Call call) {
    if (reactor_.gone()) return Errc::gone;
    auto outcome = helpers_.run(Lane::sync, [fd = fd_, call]() -> Result<void> { return call(*fd); });
    if (!outcome) return write_error_of(outcome.error());
    return {};
  }
  static Error write_error(int system_errno) { return write_error_of(error_of(system_errno)); }
  static Error write_error_of(Error error) {
    return {error.code == Errc::no_space ? Errc::no_space : Errc::io, error.detail};
  }

  /// The rest of a read whose pages are not in memory. Into the helper's own buffer: ours may be on
  /// the stack of a fiber that a crash unwinds meanwhile.
  Result<std::size_t> finish_cold(std::uint64_t offset, std::span<std::byte> into, std::size_t total) const {
    const auto rest = helpers_.run(Lane::disk, [fd = fd_, from = offset + total, size = into.size() - total] {
      return read_cold(*fd, from, size);
    });
    if (!rest) return rest.error();
    std::copy(rest->begin(), rest->end(), into.begin() + static_cast<std::ptrdiff_t>(total));
    return total + rest->size();
  }

  Reactor& reactor_;
  Helpers& helpers_;
  std::shared_ptr<const Fd> fd_;
};
}  // namespace

std::unique_ptr<File> make_file(Reactor& reactor, Helpers& helpers, std::shared_ptr<const Fd> fd) {
  return std::make_unique<PosixFile>(reactor, helpers, std::move(fd));
}

}  // namespace gantry::runtime::asio

#include "runtime/memory/mirror.h"

#include <cerrno>

#include <sys/mman.h>

#include "model/base/invariant.h"

namespace gantry::runtime::memory {

namespace {
constexpr std::size_t page_bytes = 4096;
}

Result<std::unique_ptr<Mirror>> Mirror::make(std::size_t size) {
  return map(MAP_SHARED | MAP_ANONYMOUS, -1, size);
}

Result<std::unique_ptr<Mirror>> Mirror::of_file(int fd, std::size_t size) {
  return map(MAP_SHARED, fd, size);
}

Result<std::unique_ptr<Mirror>> Mirror::map(int flags, int fd, std::size_t size) {
  invariant(size > 0 && size % page_bytes == 0, "a mirror is of whole pages");
  const auto error = [] {
    return errno == ENOMEM || errno == EAGAIN
               ? Error{Errc::busy, "no memory is left for a mapping"}
               : Error{Errc::io, "this file system does not let a file be mapped for writing"};
  };
  // Room for both first: nobody else is put between them.
  void* const room = ::mmap(nullptr, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return error();
  std::unique_ptr<Mirror> mirror(new Mirror(static_cast<std::byte*>(room), size));
  if (::mmap(mirror->begin_, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0) == MAP_FAILED)
    return error();
  // Of an old size of 0, a second mapping of the same shared pages: mremap(2).
  if (::mremap(mirror->begin_, 0, size, MREMAP_MAYMOVE | MREMAP_FIXED, mirror->begin_ + size) == MAP_FAILED)
    return error();
  return mirror;
}

Mirror::~Mirror() {
  ::munmap(begin_, 2 * size_);
}

}  // namespace gantry::runtime::memory

#include "runtime/asio/disk.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runtime/asio/errors.h"
#include "runtime/asio/file.h"
#include "runtime/memory/mirror.h"

namespace gantry::runtime::asio {

namespace {
constexpr int file_permissions = 0644;
constexpr int folder_permissions = 0755;
constexpr std::size_t mapped_unit_bytes = 4096;

class HeldLock final : public FileLock {
 public:
  explicit HeldLock(std::shared_ptr<const Fd> fd) : fd_(std::move(fd)) {}

 private:
  std::shared_ptr<const Fd> fd_;
};

class Mapping final : public MappedFile {
 public:
  explicit Mapping(std::unique_ptr<memory::Mirror> mirror) : mirror_(std::move(mirror)) {}
  std::span<std::byte> bytes() override { return mirror_->bytes(); }

 private:
  std::unique_ptr<memory::Mirror> mirror_;
};

bool is_directory(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool exists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::must_exist: return 0;
    case OpenMode::create_if_missing: return O_CREAT;
    case OpenMode::must_create: return O_CREAT | O_EXCL;
  }
  return 0;
}

Result<std::vector<DirectoryEntry>> read_directory(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  if (!directory) return error_of(errno);
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;  // the only way to tell the end from an error
    const dirent* const entry = ::readdir(directory.get());
    if (entry == nullptr && errno != 0) return error_of(errno);
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const bool known = entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK;
    entries.push_back({name, known ? entry->d_type == DT_DIR : is_directory(path + "/" + name)});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}
}  // namespace

std::string PosixDisk::full(std::string_view path) const {
  if (path.starts_with('/')) return std::string(path);
  return path.empty() ? root_ : root_ + "/" + std::string(path);
}

Result<std::unique_ptr<File>> PosixDisk::open(std::string_view path, OpenMode mode) {
  if (reactor_.gone()) return Errc::gone;
  const int fd = ::open(full(path).c_str(), O_RDWR | O_CLOEXEC | flags_of(mode), file_permissions);
  if (fd < 0) return error_of(errno);
  return make_file(reactor_, helpers_, std::make_shared<const Fd>(fd));
}

Result<std::unique_ptr<MappedFile>> PosixDisk::map(std::string_view path) {
  if (reactor_.gone()) return Errc::gone;
  const int fd = ::open(full(path).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return error_of(errno);
  const Fd owner(fd);
  struct stat status{};
  if (::fstat(fd, &status) != 0) return Error{Errc::io, error_of(errno).detail};
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0 || size % mapped_unit_bytes != 0)
    return Error{Errc::invalid, "a file of this size cannot be mapped"};
  auto mirror = memory::Mirror::of_file(fd, size);
  if (!mirror) return mirror.error();
  return std::make_unique<Mapping>(std::move(*mirror));
}

Result<void> PosixDisk::make_directories(std::string_view path) {
  if (reactor_.gone()) return Errc::gone;
  const std::string whole = full(path);
  for (std::size_t end = 0; end != std::string::npos;) {
    end = whole.find('/', end + 1);
    const std::string part = whole.substr(0, end);
    if (::mkdir(part.c_str(), folder_permissions) == 0) continue;
    // Asked only now: on the way there may be folders that we can enter and not write.
    const int error = errno;
    if (!is_directory(part))
      return error == EEXIST ? Error{Errc::denied, "a file is in the way"} : error_of(error);
  }
  return {};
}

Result<std::vector<DirectoryEntry>> PosixDisk::list(std::string_view path) {
  if (reactor_.gone()) return Errc::gone;
  return read_directory(full(path));
}

Result<void> PosixDisk::rename(std::string_view from, std::string_view to) {
  if (reactor_.gone()) return Errc::gone;
  const std::string source = full(from);
  const std::string target = full(to);
  if (::rename(source.c_str(), target.c_str()) == 0) return {};
  const int error = errno;
  if (error == EINVAL) return Error{Errc::denied, "a folder does not move into itself"};
  // Not the same as a file where the path has a folder.
  if ((error == ENOTDIR || error == EEXIST) && exists(source) && exists(target))
    return Error{Errc::denied, "what is there cannot be replaced by this"};
  return error_of(error);
}

Result<void> PosixDisk::unlink(std::string_view path) {
  if (reactor_.gone()) return Errc::gone;
  // Freeing the blocks of a large file takes a while.
  return helpers_.run(Lane::disk, [path = full(path)]() -> Result<void> {
    if (std::remove(path.c_str()) != 0) return error_of(errno);
    return {};
  });
}

Result<void> PosixDisk::sync_directory(std::string_view path) {
  if (reactor_.gone()) return Errc::gone;
  return helpers_.run(Lane::sync, [path = full(path)]() -> Result<void> {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return error_of(errno);
    const Fd owner(fd);
    if (::fsync(fd) != 0) return Error{Errc::io, error_of(errno).detail};
    return {};
  });
}

Result<Space> PosixDisk::space(std::string_view path) {
  if (reactor_.gone()) return Errc::gone;
  struct statvfs status{};
  if (::statvfs(full(path).c_str(), &status) != 0) return error_of(errno);
  return Space{status.f_frsize * status.f_blocks, status.f_frsize * status.f_bavail};
}

Result<std::string> PosixDisk::boot_id() {
  if (reactor_.gone()) return Errc::gone;
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string line;
  if (!std::getline(in, line) || line.empty() || line.size() > 64) return Errc::not_found;
  return line;
}

Result<std::unique_ptr<FileLock>> PosixDisk::lock(std::string_view path) {
  if (reactor_.gone()) return Errc::gone;
  const int fd = ::open(full(path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_permissions);
  if (fd < 0) return error_of(errno);
  auto owner = std::make_shared<const Fd>(fd);
  // A lock of the open file, not of the process: it excludes a Java broker's record lock and also
  // another node of this process.
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(fd, F_OFD_SETLK, &whole) != 0) {
    if (errno == EAGAIN || errno == EACCES) return Error{Errc::in_use, "another process holds the lock"};
    return error_of(errno);
  }
  return std::make_unique<HeldLock>(std::move(owner));
}

}  // namespace gantry::runtime::asio

#pragma once

#include <string>

#include "runtime/asio/helpers.h"
#include "runtime/asio/reactor.h"
#include "runtime/disk.h"

namespace gantry::runtime::asio {

/// Files of the operating system. Writes to and reads from the page cache are done at once; whatever
/// waits for the device (syncs, cold reads, large writes) or walks a large file's blocks goes to a helper
/// thread.
class PosixDisk final : public Disk {
 public:
  PosixDisk(Reactor& reactor, Helpers& helpers, std::string root)
      : reactor_(reactor), helpers_(helpers), root_(std::move(root)) {}

  Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode) override;
  Result<std::unique_ptr<MappedFile>> map(std::string_view path) override;
  Result<void> make_directories(std::string_view path) override;
  Result<std::vector<DirectoryEntry>> list(std::string_view path) override;
  Result<void> rename(std::string_view from, std::string_view to) override;
  Result<void> unlink(std::string_view path) override;
  Result<void> sync_directory(std::string_view path) override;
  Result<Space> space(std::string_view path) override;
  Result<std::unique_ptr<FileLock>> lock(std::string_view path) override;
  Result<std::string> boot_id() override;

 private:
  std::string full(std::string_view path) const;

  Reactor& reactor_;
  Helpers& helpers_;
  std::string root_;
};

}  // namespace gantry::runtime::asio

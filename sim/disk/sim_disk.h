#pragma once

#include <memory>
#include <string>

#include <fmt/format.h>

#include "runtime/disk.h"
#include "sim/disk/file_system.h"
#include "sim/tasks/node.h"

namespace gantry::sim::disk {

/// The disk of a machine as one incarnation of a process is handed it. Its root folder is named
/// after the process and exists.
class SimDisk final : public runtime::Disk {
 public:
  SimDisk(FileSystem& files, tasks::Node& node, std::string root)
      : files_(files), node_(node), root_(std::move(root)) {}

  Result<std::unique_ptr<runtime::File>> open(std::string_view path, runtime::OpenMode mode) override;
  Result<std::unique_ptr<runtime::MappedFile>> map(std::string_view path) override;
  Result<void> make_directories(std::string_view path) override;
  Result<std::vector<runtime::DirectoryEntry>> list(std::string_view path) override;
  Result<void> rename(std::string_view from, std::string_view to) override;
  Result<void> unlink(std::string_view path) override;
  Result<void> sync_directory(std::string_view path) override;
  Result<runtime::Space> space(std::string_view path) override;
  Result<std::unique_ptr<runtime::FileLock>> lock(std::string_view path) override;
  Result<std::string> boot_id() override { return fmt::format("boot-{}", files_.boots()); }

 private:
  std::string full(std::string_view path) const { return normalized(root_, path); }
  /// Enters a call and lets the time pass that it takes. False: the node is gone.
  bool begin(std::string_view kind, const std::string& path);
  /// Leaves the event that says so.
  Error no_space(const std::string& path);
  Result<std::shared_ptr<Inode>> open_inode(const std::string& path, runtime::OpenMode mode);

  FileSystem& files_;
  tasks::Node& node_;
  const std::string root_;
};

}  // namespace gantry::sim::disk

#include "sim/disk/sim_disk.h"

#include "sim/disk/sim_file.h"

namespace gantry::sim::disk {

namespace {
class SimMapping final : public runtime::MappedFile {
 public:
  SimMapping(std::shared_ptr<Inode> inode, std::shared_ptr<Mapped> mapped)
      : inode_(std::move(inode)), mapped_(std::move(mapped)) {}
  ~SimMapping() override {
    // A crash has put it into the file already, as it was then.
    if (inode_->mapped == mapped_) inode_->unmap();
  }
  std::span<std::byte> bytes() override { return mapped_->memory->bytes(); }

 private:
  std::shared_ptr<Inode> inode_;
  std::shared_ptr<Mapped> mapped_;
};

class SimLock final : public runtime::FileLock {
 public:
  SimLock(std::shared_ptr<Inode> inode, tasks::Node& node) : inode_(std::move(inode)), node_(node) {}
  ~SimLock() override {
    if (inode_->locked_by == &node_ && !node_.gone()) inode_->locked_by = nullptr;
  }

 private:
  std::shared_ptr<Inode> inode_;
  tasks::Node& node_;
};
}  // namespace

bool SimDisk::begin(std::string_view kind, const std::string& path) {
  if (!node_.enter(kind, path, {})) return false;
  node_.sleep_until(files_.device.cached(node_.kernel().noise, node_.kernel().now, 0));
  return !node_.gone();
}

Error SimDisk::no_space(const std::string& path) {
  if (!node_.enter("disk.no-space", path, {})) return Errc::gone;
  return Errc::no_space;
}

Result<std::shared_ptr<Inode>> SimDisk::open_inode(const std::string& path, runtime::OpenMode mode) {
  auto found = files_.find(path);
  if (found != nullptr) {
    if (mode == runtime::OpenMode::must_create) return Errc::exists;
    if (found->is_directory()) return Error{Errc::denied, "a folder is not opened as a file"};
    return found;
  }
  if (mode == runtime::OpenMode::must_exist) return Errc::not_found;
  const auto folder = files_.find(normalized(path, ".."));
  if (folder == nullptr || !folder->is_directory())
    return Error{Errc::not_found, "the folder does not exist"};
  if (!files_.takes(1)) return no_space(path);
  return files_.create(path, false);
}

Result<std::unique_ptr<runtime::File>> SimDisk::open(std::string_view path, runtime::OpenMode mode) {
  const std::string where = full(path);
  if (!begin("disk.open", where)) return Errc::gone;
  auto inode = open_inode(where, mode);
  if (!inode) return inode.error();
  return std::unique_ptr<runtime::File>(std::make_unique<SimFile>(files_, node_, where, std::move(*inode)));
}

Result<std::unique_ptr<runtime::MappedFile>> SimDisk::map(std::string_view path) {
  const std::string where = full(path);
  if (!begin("disk.map", where)) return Errc::gone;
  auto inode = open_inode(where, runtime::OpenMode::must_exist);
  if (!inode) return inode.error();
  const std::uint64_t size = (*inode)->size();
  if (size == 0 || size % page_bytes != 0)
    return Error{Errc::invalid, "a file of this size cannot be mapped"};
  return std::unique_ptr<runtime::MappedFile>(std::make_unique<SimMapping>(*inode, (*inode)->map(&node_)));
}

Result<void> SimDisk::make_directories(std::string_view path) {
  const std::string where = full(path);
  if (!begin("disk.make-directories", where)) return Errc::gone;
  const auto found = files_.find(where);
  if (found != nullptr && found->is_directory()) return {};
  if (!files_.takes(1)) return no_space(where);
  return files_.make_directories(where);
}

Result<std::vector<runtime::DirectoryEntry>> SimDisk::list(std::string_view path) {
  const std::string where = full(path);
  if (!begin("disk.list", where)) return Errc::gone;
  const auto folder = files_.find(where);
  if (folder == nullptr || !folder->is_directory()) return Errc::not_found;
  std::vector<runtime::DirectoryEntry> entries;
  for (const auto& [name, inode] : folder->entries) entries.push_back({name, inode->is_directory()});
  return entries;
}

Result<void> SimDisk::rename(std::string_view from, std::string_view to) {
  const std::string source = full(from);
  const std::string target = full(to);
  if (!begin("disk.rename", source)) return Errc::gone;
  if (!node_.enter("disk.rename-to", target, {})) return Errc::gone;
  return files_.rename(source, target);
}

Result<void> SimDisk::unlink(std::string_view path) {
  const std::string where = full(path);
  if (!begin("disk.unlink", where)) return Errc::gone;
  return files_.unlink(where);
}

Result<void> SimDisk::sync_directory(std::string_view path) {
  const std::string where = full(path);
  if (!node_.enter("disk.sync-directory", where, {})) return Errc::gone;
  const auto folder = files_.find(where);
  if (folder == nullptr || !folder->is_directory()) return Errc::not_found;
  const std::uint64_t mark = files_.names_mark();
  node_.sleep_until(files_.device.queued(node_.kernel().noise, node_.kernel().now, 0));
  if (node_.gone()) return Errc::gone;
  if (files_.device.failing_syncs.strike()) {
    if (!node_.enter("disk.sync-failed", where, {})) return Errc::gone;
    return Errc::io;
  }
  files_.names_synced(folder, mark);
  return {};
}

Result<runtime::Space> SimDisk::space(std::string_view path) {
  const std::string where = full(path);
  if (!node_.enter("disk.space", where, {})) return Errc::gone;
  if (files_.find(where) == nullptr) return Errc::not_found;
  return files_.space();
}

Result<std::unique_ptr<runtime::FileLock>> SimDisk::lock(std::string_view path) {
  const std::string where = full(path);
  if (!begin("disk.lock", where)) return Errc::gone;
  auto inode = open_inode(where, runtime::OpenMode::create_if_missing);
  if (!inode) return inode.error();
  if ((*inode)->locked_by != nullptr) return Errc::in_use;
  (*inode)->locked_by = &node_;
  return std::unique_ptr<runtime::FileLock>(std::make_unique<SimLock>(*inode, node_));
}

}  // namespace gantry::sim::disk

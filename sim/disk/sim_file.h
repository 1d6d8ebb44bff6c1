#pragma once

#include <memory>
#include <string>

#include "runtime/disk.h"
#include "sim/disk/file_system.h"
#include "sim/tasks/node.h"

namespace gantry::sim::disk {

/// An open file in the hands of a node.
class SimFile final : public runtime::File {
 public:
  SimFile(FileSystem& files, tasks::Node& node, std::string path, std::shared_ptr<Inode> inode)
      : files_(files), node_(node), path_(std::move(path)), inode_(std::move(inode)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  Result<void> write_at(std::uint64_t offset, std::span<const Bytes> from) override;
  Result<void> truncate(std::uint64_t size) override;
  Result<void> allocate(std::uint64_t size) override;
  Result<void> sync() override;
  Result<std::uint64_t> size() const override;

 private:
  /// Leaves the event that says so.
  Error no_space() const;
  bool pass(std::size_t bytes) const;
  void put(std::uint64_t offset, std::span<const Bytes> from, std::uint64_t begin, std::uint64_t end);

  FileSystem& files_;
  tasks::Node& node_;
  const std::string path_;
  const std::shared_ptr<Inode> inode_;
};

}  // namespace gantry::sim::disk

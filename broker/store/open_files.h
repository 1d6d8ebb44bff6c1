#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/disk.h"

namespace gantry::broker::store {

/// Files that were used lately and are kept open, so that thousands of queues do not hold thousands
/// of descriptors. Whoever uses a file shares it; it closes when it is neither used nor kept.
class OpenFiles {
 public:
  using FilePtr = std::shared_ptr<runtime::File>;

  /// Keeps at most `bound` files.
  OpenFiles(runtime::Disk& disk, std::size_t bound) : disk_(disk), bound_(bound) {}
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;

  /// A file that exists. Errors: those of Disk::open. May suspend.
  Result<FilePtr> open(const std::string& path);
  /// Call before a file of that path, or of a path below that folder, is removed or replaced.
  void forget(std::string_view path);
  std::size_t kept() const { return by_path_.size(); }

 private:
  struct Kept {
    FilePtr file;
    std::list<std::string>::iterator place;
  };
  void keep(const std::string& path, const FilePtr& file);

  runtime::Disk& disk_;
  std::size_t bound_;
  std::map<std::string, Kept, std::less<>> by_path_;
  std::list<std::string> by_use_;  // the latest first
};

}  // namespace gantry::broker::store

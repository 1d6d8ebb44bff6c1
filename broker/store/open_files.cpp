#include "broker/store/open_files.h"

namespace gantry::broker::store {

Result<OpenFiles::FilePtr> OpenFiles::open(const std::string& path) {
  if (const auto found = by_path_.find(path); found != by_path_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second.place);
    return found->second.file;
  }
  auto opened = disk_.open(path, runtime::OpenMode::must_exist);
  if (!opened) return opened.error();
  FilePtr file = std::move(*opened);
  // open() may have suspended: somebody else's is as good as ours.
  if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second.file;
  keep(path, file);
  return file;
}

void OpenFiles::keep(const std::string& path, const FilePtr& file) {
  if (by_path_.size() >= bound_ && !by_use_.empty()) {
    by_path_.erase(by_use_.back());
    by_use_.pop_back();
  }
  by_use_.push_front(path);
  by_path_.emplace(path, Kept{file, by_use_.begin()});
}

void OpenFiles::forget(std::string_view path) {
  const std::string folder = std::string(path) + "/";
  for (auto it = by_path_.lower_bound(path); it != by_path_.end() && it->first.starts_with(path);) {
    if (it->first != path && !it->first.starts_with(folder)) {
      ++it;
      continue;
    }
    by_use_.erase(it->second.place);
    it = by_path_.erase(it);
  }
}

}  // namespace gantry::broker::store

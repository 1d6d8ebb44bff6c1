#include "broker/files/table_file.h"

#include <utility>

namespace gantry::broker::files {

TableFile::TableFile(runtime::Tasks& tasks, runtime::Disk& disk, runtime::Events& events, std::string path,
                     std::function<std::string()> text)
    : file_(disk, events, std::move(path)), text_(std::move(text)), writing_(tasks) {}

Result<void> TableFile::load(const JsonFile::Accept& parse) {
  auto read = file_.read(parse);
  if (!read && read.error().code == Errc::not_found) return {};
  if (!read) return read.error();
  loaded_last_ = !read->from_backup;
  return {};
}

Result<void> TableFile::persist() {
  const std::uint64_t wanted = version_;
  if (saved_ >= wanted) return {};
  auto lock = writing_.lock();
  if (!lock) return lock.error();
  if (saved_ >= wanted) return {};  // written by whoever held the lock before

  const std::uint64_t covered = version_;
  const std::string text = text_();
  if (auto written = file_.write(text); !written) return written.error();
  saved_ = covered;
  return {};
}

}  // namespace gantry::broker::files

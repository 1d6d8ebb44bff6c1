#include "broker/files/files.h"

#include <array>

namespace gantry::broker::files {

std::string parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

Result<void> make_durable_directories(runtime::Disk& disk, std::string_view path) {
  if (auto made = disk.make_directories(path); !made) return made.error();
  bool nearest = true;
  for (std::string above = parent_of(path);; above = parent_of(above)) {
    const auto synced = disk.sync_directory(above);
    // Folders far above may be another user's: they were there before us.
    if (!synced && (nearest || synced.error().code != Errc::denied)) return synced.error();
    if (above == "." || above == "/") return {};
    nearest = false;
  }
}

Result<Buffer> read_file(runtime::Disk& disk, std::string_view path, std::uint64_t bytes_max) {
  auto file = disk.open(path, runtime::OpenMode::must_exist);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > bytes_max) return Error(Errc::too_large, "the file is larger than it may be");
  Buffer content(static_cast<std::size_t>(*size));
  const auto got = (*file)->read_at(0, content);
  if (!got) return got.error();
  content.resize(*got);
  return content;
}

Result<void> replace_file(runtime::Disk& disk, std::string_view path, Bytes content) {
  const std::string temporary = std::string(path) + ".tmp";
  {
    auto file = disk.open(temporary, runtime::OpenMode::create_if_missing);
    if (!file) return file.error();
    if (auto cut = (*file)->truncate(0); !cut) return cut.error();
    if (!content.empty()) {
      const std::array<Bytes, 1> whole{content};
      if (auto written = (*file)->write_at(0, whole); !written) return written.error();
    }
    if (auto synced = (*file)->sync(); !synced) return synced.error();
  }
  if (auto renamed = disk.rename(temporary, path); !renamed) return renamed.error();
  return disk.sync_directory(parent_of(path));
}

Result<void> remove_file(runtime::Disk& disk, std::string_view path) {
  auto gone = disk.unlink(path);
  if (!gone && gone.error().code == Errc::not_found) return {};
  return gone;
}

}  // namespace gantry::broker::files

#include "broker/store/json_file.h"

#include "broker/store/files.h"

namespace gantry::broker::store {

namespace {
constexpr std::uint64_t text_bytes_max = 64u << 20;

Result<std::string> read_one(runtime::Disk& disk, const std::string& path, const JsonFile::Accept& accept) {
  const auto content = read_file(disk, path, text_bytes_max);
  if (!content) return content.error();
  const std::string_view text = as_text(*content);
  if (text.empty() || (accept && !accept(text))) return Error(Errc::invalid, "not a text of this kind");
  return std::string(text);
}
}  // namespace

Result<std::string> JsonFile::read(const Accept& accept) const {
  auto current = read_one(disk_, path_, accept);
  if (current || current.error().code == Errc::gone) return current;
  auto before = read_one(disk_, path_ + ".bak", accept);
  // What is wrong with the file itself says more than that there is no older one.
  if (!before && before.error().code == Errc::not_found) return current;
  return before;
}

Result<void> JsonFile::write(std::string_view text) {
  if (auto made = make_durable_directories(disk_, parent_of(path_)); !made) return made.error();
  // An empty or lost file has nothing worth keeping, and must not push out an older good text.
  if (const auto old = read_file(disk_, path_, text_bytes_max); old && !old->empty()) {
    if (auto kept = replace_file(disk_, path_ + ".bak", *old); !kept) return kept.error();
  }
  return replace_file(disk_, path_, as_bytes(text));
}

}  // namespace gantry::broker::store

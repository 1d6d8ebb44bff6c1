#include "broker/files/json_file.h"

#include <utility>

#include "broker/files/files.h"

namespace gantry::broker::files {

using runtime::Level;

namespace {
Result<std::string> read_one(runtime::Disk& disk, const std::string& path, std::uint64_t bytes_max,
                             const JsonFile::Accept& accept) {
  const auto content = read_file(disk, path, bytes_max);
  if (!content) return content.error();
  const std::string_view text = as_text(*content);
  if (text.empty() || (accept && !accept(text))) return Error(Errc::invalid, "not a text of this kind");
  return std::string(text);
}
}  // namespace

Result<JsonFile::Content> JsonFile::read(const Accept& accept) const {
  auto current = read_one(disk_, path_, bytes_max_, accept);
  if (current) return Content{std::move(*current), false};
  const Error error = current.error();
  if (error.code != Errc::not_found && error.code != Errc::invalid) return error;

  auto before = read_one(disk_, path_ + ".bak", bytes_max_, accept);
  // What is wrong with the file itself says more than that there is no older one.
  if (!before) return before.error().code == Errc::not_found ? error : before.error();
  runtime::log(events_, Level::error,
               "{} {}: the older content of its .bak is used, the last changes are lost", path_,
               error.code == Errc::not_found ? "is missing" : "cannot be understood");
  return Content{std::move(*before), true};
}

Result<void> JsonFile::write(std::string_view text) {
  if (text.size() > bytes_max_) return refuse(text.size());
  refused_.settle();
  if (auto made = make_durable_directories(disk_, parent_of(path_)); !made) return made.error();
  // An empty or lost file has nothing worth keeping, and must not push out an older good text.
  if (const auto old = read_file(disk_, path_, bytes_max_); old && !old->empty()) {
    if (auto kept = replace_file(disk_, path_ + ".bak", *old); !kept) return kept.error();
  }
  return replace_file(disk_, path_, as_bytes(text));
}

Result<void> JsonFile::refuse(std::size_t bytes) {
  refused_.raise(events_, Level::error,
                 "{} is not written: {} bytes are more than {}, its older content stays", path_, bytes,
                 bytes_max_);
  return Error(Errc::too_large, "the text is larger than it may be");
}

}  // namespace gantry::broker::files

#include "sim/disk/file_system.h"

#include <algorithm>
#include <set>

namespace gantry::sim::disk {

std::string normalized(std::string_view root, std::string_view path) {
  std::vector<std::string_view> parts;
  const auto add = [&parts](std::string_view rest) {
    while (!rest.empty()) {
      const std::size_t slash = rest.find('/');
      const std::string_view part = rest.substr(0, slash);
      if (part == ".." && !parts.empty()) parts.pop_back();
      else if (!part.empty() && part != "." && part != "..") parts.push_back(part);
      if (slash == std::string_view::npos) break;
      rest.remove_prefix(slash + 1);
    }
  };
  if (!path.starts_with('/')) add(root);
  add(path);
  std::string clean;
  for (const std::string_view part : parts) clean.append("/").append(part);
  return clean.empty() ? "/" : clean;
}

FileSystem::FileSystem(std::uint64_t entity)
    : entity_(entity), root_(std::make_shared<Inode>(entity_of("/", entity), true, usage_)) {
  device.entity = entity;
}

std::pair<std::string, std::string> FileSystem::split(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return {std::string(slash == 0 ? "/" : path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

std::shared_ptr<Inode> FileSystem::find(std::string_view path) const {
  std::shared_ptr<Inode> at = root_;
  for (std::string_view rest = path.substr(1); !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const auto found = at->entries.find(rest.substr(0, slash));
    if (found == at->entries.end()) return nullptr;
    at = found->second;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return at;
}

void FileSystem::set(const Name& name, const std::shared_ptr<Inode>& inode) {
  if (inode == nullptr) name.folder->entries.erase(name.name);
  else name.folder->entries[name.name] = inode;
}

void FileSystem::apply(Change change) {
  change.number = ++changes_made_;
  for (const Name& name : change.names) set(name, name.after);
  journal_.push_back(std::move(change));
}

std::shared_ptr<Inode> FileSystem::create(std::string_view path, bool directory) {
  const auto [folder, name] = split(path);
  const std::uint64_t entity = entity_of(entity_of(path, entity_), ++created_[std::string(path)]);
  auto inode = std::make_shared<Inode>(entity, directory, usage_);
  if (inodes_.size() == inodes_.capacity())
    std::erase_if(inodes_, [](const auto& weak) { return weak.expired(); });
  inodes_.push_back(inode);
  apply({0, entity, {{find(folder), name, nullptr, inode}}});
  return inode;
}

Result<void> FileSystem::make_directories(std::string_view path) {
  for (std::size_t end = 1; end != std::string_view::npos && path.size() > 1;) {
    end = path.find('/', end);
    const std::string_view part = path.substr(0, end);
    if (end != std::string_view::npos) ++end;
    const auto found = find(part);
    if (found != nullptr && !found->is_directory()) return Error{Errc::denied, "a file is in the way"};
    if (found == nullptr) create(part, true);
  }
  return {};
}

Result<void> FileSystem::rename(std::string_view from, std::string_view to) {
  const auto [from_folder, from_name] = split(from);
  const auto [to_folder, to_name] = split(to);
  const auto moved = find(from);
  const auto into = find(to_folder);
  if (moved == nullptr || into == nullptr || !into->is_directory()) return Errc::not_found;
  if (from == to) return {};
  if (to.starts_with(std::string(from) + "/"))
    return Error{Errc::denied, "a folder does not move into itself"};
  const auto replaced = find(to);
  if (replaced != nullptr && replaced->is_directory() != moved->is_directory())
    return Error{Errc::denied, "a folder and a file do not replace each other"};
  if (replaced != nullptr && !replaced->entries.empty())
    return Error{Errc::denied, "the folder is not empty"};
  apply({0,
         entity_of(moved->entity(), entity_of(to)),
         {{find(from_folder), from_name, moved, nullptr}, {into, to_name, replaced, moved}}});
  return {};
}

Result<void> FileSystem::unlink(std::string_view path) {
  const auto gone = find(path);
  if (gone == nullptr || gone == root_) return Errc::not_found;
  if (!gone->entries.empty()) return Error{Errc::denied, "the folder is not empty"};
  const auto [folder, name] = split(path);
  apply({0, entity_of(gone->entity(), 1), {{find(folder), name, gone, nullptr}}});
  return {};
}

void FileSystem::names_synced(const std::shared_ptr<Inode>& folder, std::uint64_t mark) {
  std::erase_if(journal_, [&](const Change& change) {
    return change.number <= mark &&
           std::ranges::any_of(change.names, [&](const Name& name) { return name.folder == folder; });
  });
}

runtime::Space FileSystem::space() const {
  return {usage_->total, device.full > 0 || usage_->used >= usage_->total ? 0 : usage_->total - usage_->used};
}

bool FileSystem::takes(std::uint64_t bytes) const {
  return bytes <= space().free;
}

void FileSystem::let_go(const void* node) {
  for (const auto& weak : inodes_) {
    const auto inode = weak.lock();
    if (inode == nullptr) continue;
    if (inode->locked_by == node) inode->locked_by = nullptr;
    if (inode->mapped != nullptr && inode->mapped->node == node) inode->unmap();
  }
}

void FileSystem::lose_power(const Noise& noise, std::uint64_t loss) {
  for (auto change = journal_.rbegin(); change != journal_.rend(); ++change)
    for (auto name = change->names.rbegin(); name != change->names.rend(); ++name) set(*name, name->before);
  std::set<std::pair<std::uint64_t, std::string>> undone;  // names that a lost change had touched
  for (const Change& change : journal_) {
    const auto touches = [&](const Name& name) {
      return undone.contains({name.folder->entity(), name.name});
    };
    const std::uint64_t bits = noise(Domain::name_loss, change.entity, loss, 0);
    if ((bits & 1) == 0 && std::ranges::none_of(change.names, touches)) {
      for (const Name& name : change.names) set(name, name.after);
    } else {
      for (const Name& name : change.names) undone.insert({name.folder->entity(), name.name});
    }
  }
  journal_.clear();
  for (const auto& weak : inodes_)
    if (const auto inode = weak.lock()) inode->lose_power(noise, loss);
  device.busy_until = {};
  ++boots_;
}

void FileSystem::install_folder(std::string_view path) {
  create(path, true);
  journal_.pop_back();
}

}  // namespace gantry::sim::disk

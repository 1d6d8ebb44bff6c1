#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/disk.h"
#include "sim/disk/device.h"
#include "sim/disk/inode.h"

namespace gantry::sim::disk {

/// The names and files of one machine. Paths are absolute here.
///
/// Names change in the cache at once. Each change waits in a journal for a sync of its folder; a loss
/// of power undoes any of those that wait, and with one also what was built upon it.
class FileSystem {
 public:
  explicit FileSystem(std::uint64_t entity);

  Device device;

  /// The file or folder with that path, or null.
  std::shared_ptr<Inode> find(std::string_view path) const;
  /// Makes an empty file or folder; its parent exists and the name is free.
  std::shared_ptr<Inode> create(std::string_view path, bool directory);
  Result<void> make_directories(std::string_view path);
  Result<void> rename(std::string_view from, std::string_view to);
  Result<void> unlink(std::string_view path);
  /// How many changes of names wait; what a sync that begins now covers.
  std::uint64_t names_mark() const { return changes_made_; }
  void names_synced(const std::shared_ptr<Inode>& folder, std::uint64_t mark);

  runtime::Space space() const;
  /// Whether the disk takes so many bytes more.
  bool takes(std::uint64_t bytes) const;
  /// The node is no more: its locks and mappings end.
  void let_go(const void* node);
  void lose_power(const Noise& noise, std::uint64_t loss);
  /// How often power was lost.
  std::uint64_t boots() const { return boots_; }
  /// A folder that was there before the world began: durable, whatever happens.
  void install_folder(std::string_view path);

 private:
  struct Name {
    std::shared_ptr<Inode> folder;
    std::string name;
    std::shared_ptr<Inode> before, after;
  };
  struct Change {
    std::uint64_t number = 0;
    std::uint64_t entity = 0;
    std::vector<Name> names;
  };
  static std::pair<std::string, std::string> split(std::string_view path);
  void apply(Change change);
  static void set(const Name& name, const std::shared_ptr<Inode>& inode);

  std::uint64_t entity_;
  std::uint64_t boots_ = 0;
  std::shared_ptr<Usage> usage_ = std::make_shared<Usage>();
  std::shared_ptr<Inode> root_;
  std::vector<Change> journal_;  // unsynced changes, oldest first
  std::uint64_t changes_made_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> created_;  // how often each path was
  std::vector<std::weak_ptr<Inode>> inodes_;                   // also those that lost their name
};

/// "a//b/./c/" becomes "/root/a/b/c"; a path that begins with '/' keeps its own root.
std::string normalized(std::string_view root, std::string_view path);

}  // namespace gantry::sim::disk

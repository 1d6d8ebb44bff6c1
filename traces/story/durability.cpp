#include "traces/story/durability.h"

#include <algorithm>

namespace gantry::traces::story {

void Durability::write_begins(const record::Event& e) {
  if (e.facts.size() != 2) return;
  last_write_ = {e.node, e.text};
  pending_[last_write_].push_back({e.facts[0], e.facts[0] + e.facts[1], {}, false, false, false});
}

void Durability::record_written(const record::Event& e) {
  const auto found = pending_.find(last_write_);
  if (found == pending_.end() || found->second.empty() || last_write_.first != e.node) return;
  auto& messages = found->second.back().messages;
  messages.insert(messages.end(), e.messages.begin(), e.messages.end());
}

void Durability::write_returned(const record::Event& e) {
  if (e.facts.size() != 2) return;
  for (Pending& p : pending_[{e.node, e.text}])
    if (p.begin == e.facts[0] && p.end == e.facts[0] + e.facts[1]) p.returned = true;
}

void Durability::sync_begins(const record::Event& e) {
  for (Pending& p : pending_[{e.node, e.text}]) p.covered = p.covered || p.returned;
}

std::vector<std::size_t> Durability::take(const record::Event& sync, bool failed) {
  std::vector<std::size_t> messages;
  auto& pending = pending_[{sync.node, sync.text}];
  for (Pending& p : pending) {
    if (!p.covered) continue;
    if (!p.hopeless) messages.insert(messages.end(), p.messages.begin(), p.messages.end());
    p.hopeless = p.hopeless || failed;
  }
  std::erase_if(pending, [](const Pending& p) { return p.covered && !p.hopeless; });
  return messages;
}

std::vector<std::size_t> Durability::synced(const record::Event& e) {
  return take(e, false);
}

std::vector<std::size_t> Durability::sync_failed(const record::Event& e) {
  return take(e, true);
}

std::vector<std::size_t> Durability::lost_power(std::string_view machine) {
  std::vector<std::size_t> messages;
  for (auto& [file, pending] : pending_) {
    if (std::string_view(file.first).substr(0, file.first.find('/')) != machine) continue;
    for (const Pending& p : pending) messages.insert(messages.end(), p.messages.begin(), p.messages.end());
    pending.clear();
  }
  return messages;
}

}  // namespace gantry::traces::story

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/base/bytes.h"
#include "traces/record/record.h"

namespace gantry::properties::recording {

/// Which messages a run has, and by which names: the id in the case or of a probe, which a body begins
/// with, or else the unique key that its producer gave it. Numbers them in order of appearance.
class MessageNames {
 public:
  explicit MessageNames(std::set<std::string, std::less<>> ids) : ids_(std::move(ids)) {}

  /// Of a message as it is sent or stored. Nothing for one without a name (a system's own).
  std::optional<std::size_t> number_of(std::string_view properties, Bytes body, std::int32_t sys_flag);
  /// Of a message that the case names.
  std::size_t number_of_id(std::string_view id);
  const std::vector<traces::record::Message>& all() const { return all_; }

 private:
  std::size_t number(std::string_view key, std::string_view id);

  std::set<std::string, std::less<>> ids_;
  std::vector<traces::record::Message> all_;
  std::map<std::string, std::size_t, std::less<>> by_key_, by_id_;
};

}  // namespace gantry::properties::recording

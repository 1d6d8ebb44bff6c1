#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "broker/files/files.h"
#include "broker/store/projection.h"
#include "runtime/disk.h"

namespace gantry::broker::store::testing {

/// A second projection: how many messages each topic has had, visible ones and those that are only appended.
/// It keeps two generations of a snapshot that names its position, as further projections will.
class TopicCounts final : public Projection {
 public:
  using Counts = std::map<std::string, std::int64_t, std::less<>>;

  explicit TopicCounts(runtime::Disk& disk) : disk_(disk) {}

  const Counts& visible() const { return visible_; }
  const Counts& given_out() const { return given_out_; }
  /// Records applied since it was made: what a start has fed.
  std::int64_t applied() const { return applied_; }

  std::string_view name() const override { return "counts"; }
  void appended(std::span<const model::layout::Record> records) override {
    for (const auto& record : records) ++given_out_[std::string(record.topic)];
  }
  void taken_back() override { given_out_ = visible_; }
  void apply(std::span<const model::layout::Record> records) override {
    for (const auto& record : records) ++visible_[std::string(record.topic)];
    applied_ += static_cast<std::int64_t>(records.size());
  }
  Result<std::optional<log::Mark>> load(std::optional<PhysicalOffset> until,
                                        std::optional<Durable>) override {
    return newest_below(until.value_or(PhysicalOffset{INT64_MAX}));
  }
  Result<void> ready() override {
    given_out_ = visible_;
    return {};
  }
  Result<void> clear() override {
    visible_.clear();
    durable_ = {};
    return {};
  }
  Result<std::optional<log::Mark>> truncate(PhysicalOffset to) override { return newest_below(to); }
  Result<void> flush(log::Mark applied) override {
    std::string text = std::to_string(value(applied.at)) + " " + std::to_string(applied.stamp) + "\n";
    for (const auto& [topic, count] : visible_) text += topic + " " + std::to_string(count) + "\n";
    if (const auto old = files::read_file(disk_, path, 1 << 20))
      if (auto kept = files::replace_file(disk_, path_before, *old); !kept) return kept;
    if (auto stored = files::replace_file(disk_, path, as_bytes(text)); !stored) return stored;
    durable_ = {applied, 0};
    return {};
  }
  Durable durable() const override { return durable_; }
  Result<void> expire(PhysicalOffset) override { return {}; }
  std::unique_ptr<Rebuild> rebuild() override { return std::make_unique<Recount>(*this); }
  void check_invariants() const override {
    for (const auto& [topic, count] : visible_)
      invariant(given_out_.contains(topic) && count <= given_out_.find(topic)->second,
                "what is visible has been appended");
  }

 private:
  class Recount final : public Rebuild {
   public:
    explicit Recount(const TopicCounts& of) : of_(of) {}
    void apply(const model::layout::Record& record) override { ++counted_[std::string(record.topic)]; }
    std::string difference() override { return counted_ == of_.visible_ ? "" : "the log has other counts"; }

   private:
    const TopicCounts& of_;
    Counts counted_;
  };

  /// Reads the newest snapshot that knows nothing from `bound` on; nothing when there is none.
  Result<std::optional<log::Mark>> newest_below(PhysicalOffset bound) {
    for (const char* const file : {path, path_before}) {
      const auto text = files::read_file(disk_, file, 1 << 20);
      if (!text && text.error().code != Errc::not_found) return text.error();
      if (!text) continue;
      log::Mark mark;
      Counts counts;
      if (!parse(std::string(as_text(*text)), mark, counts) || mark.at > bound) continue;
      visible_ = given_out_ = std::move(counts);
      durable_ = {mark, 0};
      return std::optional(mark);
    }
    return std::optional<log::Mark>();
  }
  static bool parse(const std::string& text, log::Mark& mark, Counts& counts) {
    long long at = 0, stamp = 0;
    int used = 0;
    if (std::sscanf(text.c_str(), "%lld %lld\n%n", &at, &stamp, &used) != 2 || used == 0) return false;
    mark = {PhysicalOffset{at}, stamp};
    for (std::size_t from = static_cast<std::size_t>(used); from < text.size();) {
      const std::size_t space = text.find(' ', from), end = text.find('\n', from);
      if (space == std::string::npos || end == std::string::npos) return false;
      counts[text.substr(from, space - from)] = std::stoll(text.substr(space + 1, end - space - 1));
      from = end + 1;
    }
    return true;
  }

  static constexpr const char* path = "store/counts";
  static constexpr const char* path_before = "store/counts.before";

  runtime::Disk& disk_;
  Counts visible_;
  Counts given_out_;
  std::int64_t applied_ = 0;
  Durable durable_;
};

}  // namespace gantry::broker::store::testing

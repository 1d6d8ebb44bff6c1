#include "broker/store/checkpoint_file.h"

#include <algorithm>

#include "broker/files/files.h"

namespace gantry::broker::store {

using model::layout::Checkpoint;
using model::layout::Positions;

namespace {
Positions::Place place_of(const log::Mark& mark) {
  return {value(mark.at), mark.stamp};
}
log::Mark mark_of(const Positions::Place& place) {
  return {PhysicalOffset{place.offset}, place.stamp};
}
}  // namespace

Result<void> CheckpointFile::load() {
  const auto content = files::read_file(disk_, path_, Checkpoint::bytes);
  if (!content && (content.error().code == Errc::not_found || content.error().code == Errc::too_large))
    return {};
  if (!content) return content.error();
  const auto times = model::layout::read_checkpoint(*content);
  times_ = times ? *times : Checkpoint{};
  positions_ = model::layout::read_positions(*content);
  return {};
}

std::optional<log::Mark> CheckpointFile::log() const {
  if (!positions_) return std::nullopt;
  return mark_of(positions_->log);
}

std::optional<Durable> CheckpointFile::of(const Projection& projection) const {
  if (!positions_) return std::nullopt;
  const auto found = std::ranges::find(positions_->projections, projection.name(), &Positions::Named::name);
  if (found == positions_->projections.end()) return std::nullopt;
  return Durable{mark_of(found->place), found->held};
}

Result<void> CheckpointFile::store(log::Mark log, std::span<Projection* const> projections) {
  Checkpoint times = times_;
  Positions positions{.log = place_of(log)};
  times.physic_timestamp = log.stamp;
  times.logics_timestamp = log.stamp;
  if (!projections.empty()) times.logics_timestamp = INT64_MAX;
  for (const Projection* const projection : projections) {
    const Durable durable = projection->durable();
    positions.projections.push_back({std::string(projection->name()), place_of(durable.mark), durable.count});
    times.logics_timestamp = std::min(times.logics_timestamp, durable.mark.stamp);
  }
  if (times == times_ && positions == positions_) return {};
  if (auto stored = files::replace_file(disk_, path_, encode(times, positions)); !stored) return stored;
  times_ = times;
  positions_ = std::move(positions);
  return {};
}

}  // namespace gantry::broker::store

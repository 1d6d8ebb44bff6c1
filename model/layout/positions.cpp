#include "model/layout/positions.h"

#include <algorithm>

#include "model/base/crc32.h"
#include "model/base/invariant.h"

namespace gantry::model::layout {

namespace {
constexpr std::string_view magic = "GNTRYPOS";
constexpr std::int32_t version = 1;

void write(ByteWriter& to, const Positions::Place& place) {
  to.i64(place.offset);
  to.i64(place.stamp);
}

Positions::Place read_place(ByteReader& in) {
  Positions::Place place;
  place.offset = in.i64();
  place.stamp = in.i64();
  return place;
}

std::string name_of(Bytes padded) {
  const auto end = std::ranges::find(padded, std::byte{0});
  return std::string(as_text(padded.first(static_cast<std::size_t>(end - padded.begin()))));
}
}  // namespace

Buffer encode(const Checkpoint& checkpoint, const Positions& positions) {
  invariant(positions.projections.size() <= Positions::count_max, "positions fit after the checkpoint");
  Buffer own;
  ByteWriter to(own);
  to.bytes(as_bytes(magic));
  to.i32(version);
  to.i32(static_cast<std::int32_t>(positions.projections.size()));
  to.i64(checkpoint.physic_timestamp);
  to.i64(checkpoint.logics_timestamp);
  to.i64(checkpoint.index_timestamp);
  write(to, positions.log);
  for (const auto& [name, place, held] : positions.projections) {
    invariant(name.size() < Positions::name_bytes, "a projection's name fits its field");
    to.bytes(as_bytes(name));
    own.resize(own.size() + Positions::name_bytes - name.size());
    write(to, place);
    to.i64(held);
  }
  to.i32(crc32_31(own));
  Buffer file = encode(checkpoint);
  std::ranges::copy(own, file.begin() + Positions::begin);
  return file;
}

std::optional<Positions> read_positions(Bytes file) {
  const auto checkpoint = read_checkpoint(file);
  if (!checkpoint || file.size() < Positions::begin) return std::nullopt;
  const Bytes own = file.subspan(Positions::begin);
  ByteReader in(own);
  const bool ours =
      as_text(in.bytes(static_cast<std::int32_t>(magic.size()))) == magic && in.i32() == version;
  const std::int32_t count = in.i32();
  if (!in.ok() || !ours || count < 0 || count > static_cast<std::int32_t>(Positions::count_max))
    return std::nullopt;
  Checkpoint with;
  with.physic_timestamp = in.i64();
  with.logics_timestamp = in.i64();
  with.index_timestamp = in.i64();
  Positions positions;
  positions.log = read_place(in);
  for (std::int32_t i = 0; i < count; ++i) {
    std::string name = name_of(in.bytes(Positions::name_bytes));
    const Positions::Place place = read_place(in);
    positions.projections.push_back({std::move(name), place, in.i64()});
  }
  const std::size_t covered = own.size() - in.rest().size();
  const std::int32_t sum = in.i32();
  if (!in.ok() || with != *checkpoint || sum != crc32_31(own.first(covered))) return std::nullopt;
  return positions;
}

}  // namespace gantry::model::layout

#include "sim/trace/trace.h"

#include <bit>
#include <cstring>

#define XXH_STATIC_LINKING_ONLY  // the state in place, and not on the heap
#include <xxhash.h>

#include "model/base/invariant.h"

namespace gantry::sim::trace {

namespace {
std::uint64_t digest_of(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}
}  // namespace

struct Trace::State {
  XXH3_state_t sum{};
  std::array<unsigned char, 8192> pending{};
  std::size_t used = 0;
};

Trace::Trace() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->sum);
}
Trace::~Trace() = default;

void Trace::flush() const {
  XXH3_128bits_update(&state_->sum, state_->pending.data(), state_->used);
  state_->used = 0;
}

void Trace::add(const Event& event) {
  constexpr std::size_t words_beside_facts = 7;
  const std::size_t bytes = 8 * (words_beside_facts + event.facts.size());
  invariant(bytes <= state_->pending.size(), "an event has few facts");
  if (state_->used + bytes > state_->pending.size()) flush();
  unsigned char* to = state_->pending.data() + state_->used;
  state_->used += bytes;
  const auto put = [&to](std::uint64_t value) {
    if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
    std::memcpy(to, &value, sizeof value);
    to += sizeof value;
  };
  ++events_;
  put(static_cast<std::uint64_t>(event.at.ns));
  put(std::uint64_t{event.actor.node} << 32 | event.actor.incarnation);
  put(event.actor.fiber);
  put(digest_of(event.kind));
  put(event.text.empty() ? 0 : digest_of(event.text));
  put(event.facts.size());
  for (const std::int64_t fact : event.facts) put(static_cast<std::uint64_t>(fact));
  put(event.digest);
  invariant(to == state_->pending.data() + state_->used, "an event fills the room that was counted for it");
  for (Observer* const observer : observers_) observer->on_event(event);
}

void Trace::log(runtime::Instant at, const Actor& actor, runtime::Level level, std::string_view text) {
  for (Observer* const observer : observers_) observer->on_log(at, actor, level, text);
}

Simulation::Hash Trace::hash() const {
  flush();
  const XXH128_hash_t sum = XXH3_128bits_digest(&state_->sum);
  return {sum.high64, sum.low64};
}

std::uint64_t digest_of(std::span<const Bytes> pieces) {
  if (pieces.empty()) return 0;
  if (pieces.size() == 1) return XXH3_64bits(pieces[0].data(), pieces[0].size());
  XXH3_state_t sum;
  XXH3_64bits_reset(&sum);
  for (const Bytes piece : pieces) XXH3_64bits_update(&sum, piece.data(), piece.size());
  return XXH3_64bits_digest(&sum);
}

}  // namespace gantry::sim::trace

#include "properties/cases/generate.h"

#include <array>
#include <map>

#include <fmt/format.h>

namespace gantry::properties::cases {

using sim::faults::Fault;
using sim::faults::Kind;

namespace {

/// Chance for generation alone: splitmix64, so that it is the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  /// Uniform from `least` to `most`, both included.
  std::int64_t from(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool one_in(std::int64_t n) { return from(1, n) == 1; }

 private:
  std::uint64_t state_;
};

struct Weighted {
  Kind kind;
  int weight;
};
constexpr std::array<Weighted, 14> fault_kinds{{{Kind::process_kill, 6},
                                                {Kind::power_loss, 5},
                                                {Kind::pause, 2},
                                                {Kind::cut, 3},
                                                {Kind::cut_outgoing, 2},
                                                {Kind::stall, 2},
                                                {Kind::delay, 2},
                                                {Kind::reset, 3},
                                                {Kind::disk_full, 1},
                                                {Kind::disk_slow, 2},
                                                {Kind::disk_stall, 2},
                                                {Kind::disk_error, 1},
                                                {Kind::clock_step, 2},
                                                {Kind::clock_drift, 1}}};

Kind any_kind(Dice& dice, const Profile& profile) {
  for (;;) {
    int total = 0;
    for (const Weighted& w : fault_kinds) total += w.weight;
    std::int64_t draw = dice.from(0, total - 1);
    for (const Weighted& w : fault_kinds) {
      draw -= w.weight;
      if (draw >= 0) continue;
      if (w.kind == Kind::power_loss && !profile.power_loss) break;
      return w.kind;
    }
  }
}

void add_cluster(Case& c, Dice& dice, const Profile& profile) {
  const std::int64_t namesrvs = dice.from(1, profile.namesrvs_max);
  for (std::int64_t i = 1; i <= namesrvs; ++i) c.namesrvs.push_back({fmt::format("n{}", i)});
  const bool sync = profile.sync_flush_only || dice.one_in(2);
  // Small files, so that a run crosses their borders.
  const std::int64_t log_kib = 16LL << dice.from(0, 4);
  const std::int64_t brokers = dice.from(1, profile.brokers_max);
  for (std::int64_t i = 0; i < brokers; ++i)
    c.brokers.push_back({fmt::format("broker-{}", static_cast<char>('a' + i)),
                         {{"flushDiskType", sync ? "SYNC_FLUSH" : "ASYNC_FLUSH"},
                          {"mappedFileSizeCommitLog", fmt::format("{}", log_kib * 1024)},
                          {"mappedFileSizeConsumeQueue", "2000"}}});
  c.topics.push_back({"TopicTest", static_cast<std::int32_t>(dice.from(1, 4))});
}

void add_clients(Case& c, Dice& dice, const Profile& profile) {
  const std::int64_t producers = dice.from(1, profile.producers_max);
  for (std::int64_t i = 1; i <= producers; ++i) c.producers.push_back({fmt::format("p{}", i)});
  const std::int64_t consumers = dice.from(1, profile.consumers_max);
  const std::int64_t groups = dice.from(1, 2);
  for (std::int64_t i = 1; i <= consumers; ++i)
    c.consumers.push_back({fmt::format("c{}", i), fmt::format("CG{}", 1 + (i - 1) % groups), "TopicTest"});
}

void add_sends(Case& c, Dice& dice, const Profile& profile) {
  std::multimap<std::int64_t, Send> by_time;  // those of the same time stay in order
  const std::int64_t messages = dice.from(1, profile.messages_max);
  for (std::int64_t i = 1; i <= messages; ++i) {
    Send send;
    send.at_ms = dice.from(0, profile.span_ms);
    send.producer =
        c.producers[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(c.producers.size()) - 1))]
            .name;
    send.topic = "TopicTest";
    send.id = fmt::format("m{}", i);
    send.bytes = static_cast<std::int32_t>(dice.one_in(10) ? dice.from(2000, 9000) : dice.from(1, 300));
    by_time.emplace(send.at_ms, std::move(send));
  }
  for (auto& [at, send] : by_time) c.sends.push_back(std::move(send));
}

std::string any_machine(const Case& c, Dice& dice, bool servers_only) {
  std::vector<std::string> names;
  for (const auto& b : c.brokers) names.insert(names.end(), 3, b.name);  // where the data is
  for (const auto& n : c.namesrvs) names.push_back(n.name);
  if (!servers_only) {
    for (const auto& p : c.producers) names.push_back(p.name);
    for (const auto& k : c.consumers) names.push_back(k.name);
  }
  return names[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(names.size()) - 1))];
}

Fault any_fault(const Case& c, Dice& dice, const Profile& profile, std::int32_t id) {
  Fault f;
  f.id = id;
  f.kind = any_kind(dice, profile);
  f.anchor.at_ms = dice.from(0, profile.span_ms);
  f.duration_ms = dice.from(100, 10'000);
  const bool of_disk = f.kind == Kind::disk_full || f.kind == Kind::disk_slow || f.kind == Kind::disk_stall ||
                       f.kind == Kind::disk_error;
  f.target = any_machine(c, dice, of_disk || f.kind == Kind::power_loss);
  if (of_disk)
    f.target =
        c.brokers[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(c.brokers.size()) - 1))]
            .name;
  switch (f.kind) {
    case Kind::cut:
    case Kind::cut_outgoing:
    case Kind::stall:
    case Kind::delay:
    case Kind::reset:
      if (dice.one_in(2)) f.peer = any_machine(c, dice, false);
      if (f.peer == f.target) f.peer.clear();
      if (f.kind == Kind::delay) f.amount = dice.from(1, 1500);
      break;
    case Kind::pause: f.duration_ms = dice.from(10'000, 120'000); break;
    case Kind::disk_slow: f.amount = dice.from(1, 200); break;
    case Kind::disk_error:
      f.amount = dice.from(1, 2);
      f.part = dice.one_in(2) ? "sync" : "write";
      break;
    case Kind::clock_step: f.amount = dice.from(-3'600'000, 3'600'000); break;
    case Kind::clock_drift: f.amount = dice.from(-500, 500); break;
    default: break;
  }
  return f;
}

}  // namespace

Case generate(std::uint64_t seed, const Profile& profile) {
  Dice dice(seed);
  Case c;
  c.noise = dice.bits();
  add_cluster(c, dice, profile);
  add_clients(c, dice, profile);
  add_sends(c, dice, profile);
  const std::int64_t faults = dice.from(0, profile.faults_max);
  for (std::int32_t i = 1; i <= faults; ++i) c.faults.push_back(any_fault(c, dice, profile, i));
  return c;
}

}  // namespace gantry::properties::cases

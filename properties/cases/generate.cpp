#include "properties/cases/generate.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include <fmt/format.h>

namespace gantry::properties::cases {

using sim::faults::Fault;
using sim::faults::Kind;

namespace {

/// Chance for generating cases alone. It is splitmix64, so that it is the same everywhere.
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
constexpr std::array<Weighted, 16> fault_kinds{{{Kind::process_kill, 6},
                                                {Kind::process_stop, 4},
                                                {Kind::power_loss, 5},
                                                {Kind::pause, 2},
                                                {Kind::cut, 3},
                                                {Kind::cut_outgoing, 2},
                                                {Kind::stall, 2},
                                                {Kind::delay, 2},
                                                {Kind::reset, 3},
                                                {Kind::half_open, 3},
                                                {Kind::disk_full, 2},
                                                {Kind::disk_slow, 2},
                                                {Kind::disk_stall, 2},
                                                {Kind::disk_error, 3},
                                                {Kind::clock_step, 2},
                                                {Kind::clock_drift, 2}}};

/// An event on a machine at which a fault may begin, and the largest occurrence that is drawn.
struct Moment {
  const char* event;
  std::int64_t occurrence_max;
};
constexpr std::array<Moment, 9> broker_moments{{{"disk.sync", 40},
                                                {"disk.write", 60},
                                                {"disk.written", 60},
                                                {"disk.rename", 8},
                                                {"disk.sync-directory", 8},
                                                {"disk.list", 8},
                                                {"net.accept", 6},
                                                {"net.read", 150},
                                                {"net.write", 150}}};
constexpr std::array<Moment, 3> namesrv_moments{{{"net.accept", 6}, {"net.read", 40}, {"net.write", 40}}};
constexpr std::array<Moment, 3> producer_moments{{{"net.connect", 4}, {"net.read", 30}, {"net.write", 30}}};
constexpr std::array<Moment, 5> consumer_moments{{{"consumer.queue-taken", 6},
                                                  {"consumer.queue-lost", 2},
                                                  {"consumer.consumed", 30},
                                                  {"net.connect", 6},
                                                  {"net.write", 40}}};

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
  // Files are small, so that a run crosses their borders.
  const std::int64_t log_kib = 16LL << dice.from(0, 4);
  const std::int64_t brokers = dice.from(1, profile.brokers_max);
  std::map<std::string, std::string> config{{"flushDiskType", sync ? "SYNC_FLUSH" : "ASYNC_FLUSH"},
                                            {"mappedFileSizeCommitLog", fmt::format("{}", log_kib * 1024)},
                                            {"mappedFileSizeConsumeQueue", "2000"}};
  if (dice.one_in(3)) config["flushIntervalCommitLog"] = fmt::format("{}", 100 << dice.from(0, 4));
  if (dice.one_in(4)) config["flushConsumerOffsetInterval"] = dice.one_in(2) ? "1000" : "10000";
  for (std::int64_t i = 0; i < brokers; ++i)
    c.brokers.push_back({fmt::format("broker-{}", static_cast<char>('a' + i)), config});
  const auto queues = static_cast<std::int32_t>(dice.from(1, 4));
  c.topics.push_back({"TopicTest", queues});
  if (dice.one_in(4)) c.topics.push_back({"TopicOther", queues});
}

void add_clients(Case& c, Dice& dice, const Profile& profile) {
  const std::int64_t producers = dice.from(1, profile.producers_max);
  for (std::int64_t i = 1; i <= producers; ++i) c.producers.push_back({fmt::format("p{}", i)});
  const std::int64_t consumers = dice.from(1, profile.consumers_max);
  const std::int64_t groups = dice.from(1, 2);
  for (std::int64_t i = 1; i <= consumers; ++i) {
    const std::int64_t group = 1 + (i - 1) % groups;
    ConsumerSpec spec{.name = fmt::format("c{}", i),
                      .group = fmt::format("CG{}", group),
                      .topic = group == 2 ? c.topics.back().name : c.topics.front().name};
    if (dice.one_in(2)) spec.listener_ms = dice.from(1, dice.one_in(4) ? 1000 : 200);
    if (dice.one_in(3)) spec.threads = dice.one_in(2) ? 1 : 2;
    c.consumers.push_back(std::move(spec));
  }
}

/// How far apart the moments are at which messages are sent together: while something is going on, a fault
/// meets more. One millisecond apart is not together.
std::int64_t bursts_of(Dice& dice) {
  static constexpr std::array<std::int64_t, 3> apart{250, 1000, 3000};
  return dice.one_in(2) ? 1 : apart[static_cast<std::size_t>(dice.from(0, 2))];
}

void add_sends(Case& c, Dice& dice, const Profile& profile) {
  std::multimap<std::int64_t, Send> by_time;  // those of the same time stay in order
  const std::int64_t messages = dice.from(1, profile.messages_max);
  const std::int64_t burst_ms = bursts_of(dice);
  for (std::int64_t i = 1; i <= messages; ++i) {
    Send send;
    send.at_ms = dice.from(0, profile.span_ms);
    send.at_ms -= send.at_ms % burst_ms;
    send.producer =
        c.producers[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(c.producers.size()) - 1))]
            .name;
    send.topic =
        c.topics[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(c.topics.size()) - 1))].name;
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

const std::string& any_broker(const Case& c, Dice& dice) {
  return c.brokers[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(c.brokers.size()) - 1))]
      .name;
}

bool is_producer(const Case& c, const std::string& machine) {
  return std::ranges::find(c.producers, machine, &ProducerSpec::name) != c.producers.end();
}

std::span<const Moment> moments_of(const Case& c, const std::string& machine) {
  const auto among = [&](const auto& specs) {
    return std::ranges::any_of(specs, [&](const auto& spec) { return spec.name == machine; });
  };
  if (among(c.brokers)) return broker_moments;
  if (among(c.namesrvs)) return namesrv_moments;
  if (among(c.producers)) return producer_moments;
  return consumer_moments;
}

/// Half of the faults come when there is something to disturb: right after a send is due.
std::int64_t time_of_fault(const Case& c, Dice& dice, const Profile& profile) {
  if (dice.one_in(2)) return dice.from(0, profile.span_ms);
  const auto& send =
      c.sends[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(c.sends.size()) - 1))];
  return send.at_ms + dice.from(0, dice.one_in(2) ? 20 : 300);
}

/// Begins at a time, or when something happens on the target for the n-th time, or just when the target is
/// starting again after an earlier fault.
void choose_anchor(const Case& c, Dice& dice, const Profile& profile, Fault& f) {
  f.anchor.at_ms = time_of_fault(c, dice, profile);
  const std::int64_t way = dice.from(1, 8);
  if (way <= 2) {
    const auto moments = moments_of(c, f.target);
    const Moment& moment =
        moments[static_cast<std::size_t>(dice.from(0, static_cast<std::int64_t>(moments.size()) - 1))];
    f.anchor = {0, moment.event, static_cast<std::uint64_t>(dice.from(1, moment.occurrence_max))};
  } else if (way == 3) {
    for (const Fault& before : c.faults)
      if ((before.kind == Kind::process_kill || before.kind == Kind::power_loss) &&
          before.anchor.event.empty() && (before.target == f.target || !is_of_disk(f.kind))) {
        f.target = before.target;
        f.anchor.at_ms = before.anchor.at_ms + before.duration_ms + dice.from(0, 20);
        if (f.peer == f.target) f.peer.clear();
      }
  }
}

std::int64_t not_zero(std::int64_t amount) {
  return amount == 0 ? 1 : amount;
}

Fault any_fault(const Case& c, Dice& dice, const Profile& profile, std::int32_t id) {
  Fault f;
  f.id = id;
  f.kind = any_kind(dice, profile);
  f.duration_ms = dice.from(100, 10'000);
  f.target = is_of_disk(f.kind) ? any_broker(c, dice)
                                : any_machine(c, dice, f.kind == Kind::power_loss && !dice.one_in(3));
  if (f.kind == Kind::process_stop && is_producer(c, f.target))
    f.kind = Kind::process_kill;  // it does not listen
  if (is_of_link(f.kind)) {
    if (dice.one_in(2)) f.peer = any_machine(c, dice, false);
    if (f.peer == f.target) f.peer.clear();
  }
  switch (f.kind) {
    case Kind::delay: f.amount = dice.from(1, 1500); break;
    case Kind::pause: f.duration_ms = dice.from(10'000, 120'000); break;
    case Kind::disk_slow: f.amount = dice.from(1, 200); break;
    case Kind::disk_error: {
      static constexpr std::array<const char*, 3> parts{"sync", "write", "read"};
      f.amount = dice.from(1, 3);
      f.part = parts[static_cast<std::size_t>(dice.from(0, 2))];
      break;
    }
    case Kind::clock_step: f.amount = not_zero(dice.from(-3'600'000, 3'600'000)); break;
    case Kind::clock_drift: f.amount = not_zero(dice.from(-500, 500)); break;
    default: break;
  }
  choose_anchor(c, dice, profile, f);
  return f;
}

// ---------------------------------------------------------------------------- faults that belong together

/// Adds to a case faults that come together, as they do in life. Each draw is a statement of its own:
/// compilers differ in the order in which they evaluate arguments.
class Storm {
 public:
  Storm(Case& c, Dice& dice, const Profile& profile) : c_(c), dice_(dice), profile_(profile) {}

  void add() {
    switch (dice_.from(1, 5)) {
      case 1: return all_at_once();
      case 2: return dies_twice();
      case 3: return dies_in_trouble();
      case 4: return members_come_and_go();
      default: return is_away_for_long();
    }
  }

 private:
  Fault& fault(Kind kind, const std::string& target, std::int64_t at_ms, std::int64_t duration_ms) {
    Fault f;
    f.id = static_cast<std::int32_t>(c_.faults.size()) + 1;
    f.kind = kind;
    f.target = target;
    f.anchor.at_ms = at_ms;
    f.duration_ms = duration_ms;
    c_.faults.push_back(std::move(f));
    return c_.faults.back();
  }
  Kind death() {
    if (dice_.one_in(4)) return Kind::process_stop;
    return profile_.power_loss && dice_.one_in(2) ? Kind::power_loss : Kind::process_kill;
  }
  void die(const std::string& target, std::int64_t at_ms, std::int64_t duration_ms) {
    const Kind kind = death();
    fault(kind, target, at_ms, duration_ms);
  }
  std::int64_t any_time() { return time_of_fault(c_, dice_, profile_); }

  /// A rack loses its power. All of its machines come back one after the other, and the disks are slow then.
  void all_at_once() {
    const std::int64_t at = any_time();
    const Kind kind = death();
    const bool clients_too = dice_.one_in(2);
    const auto fell = [&](const auto& specs) {
      for (const auto& spec : specs) fault(kind, spec.name, at, dice_.from(100, 10'000));
    };
    fell(c_.brokers);
    if (dice_.one_in(2)) fell(c_.namesrvs);
    if (!clients_too) return;
    fell(c_.producers);
    fell(c_.consumers);
    const std::string& slow = any_broker(c_, dice_);
    const std::int64_t lasts = dice_.from(5'000, 20'000);
    fault(Kind::disk_slow, slow, at, lasts).amount = dice_.from(1, 100);
  }

  /// What has just started dies again.
  void dies_twice() {
    const std::string target = any_machine(c_, dice_, !dice_.one_in(3));
    const std::int64_t at = any_time();
    const std::int64_t away = dice_.from(100, 3000);
    die(target, at, away);
    const std::int64_t lives = dice_.from(0, dice_.one_in(2) ? 50 : 5000);
    die(target, at + away + lives, dice_.from(100, 3000));
  }

  /// The disk is in trouble, and the broker dies meanwhile or right after.
  void dies_in_trouble() {
    const std::string target = any_broker(c_, dice_);
    const std::int64_t at = any_time();
    const std::int64_t lasts = dice_.from(100, 8000);
    static constexpr std::array<Kind, 4> troubles{Kind::disk_full, Kind::disk_slow, Kind::disk_stall,
                                                  Kind::disk_error};
    const Kind trouble = troubles[static_cast<std::size_t>(dice_.from(0, 3))];
    Fault& f = fault(trouble, target, at, lasts);
    if (trouble == Kind::disk_slow) f.amount = dice_.from(1, 200);
    if (trouble == Kind::disk_error) {
      static constexpr std::array<const char*, 3> parts{"sync", "write", "read"};
      f.amount = dice_.from(1, 3);
      f.part = parts[static_cast<std::size_t>(dice_.from(0, 2))];
    }
    const std::int64_t dies = at + dice_.from(0, lasts + 1000);
    die(target, dies, dice_.from(100, 3000));
  }

  /// While listeners are at work, members leave in order, and come back.
  void members_come_and_go() {
    for (std::int64_t changes = dice_.from(1, 4); changes > 0; --changes) {
      const auto member =
          static_cast<std::size_t>(dice_.from(0, static_cast<std::int64_t>(c_.consumers.size()) - 1));
      const std::int64_t burst = any_time();
      const std::int64_t at = burst + dice_.from(0, 200);
      fault(Kind::process_stop, c_.consumers[member].name, at, dice_.from(100, 5000));
    }
  }

  /// Longer than the timers after which others no longer believe in it.
  void is_away_for_long() {
    static constexpr std::array<Kind, 4> kinds{Kind::power_loss, Kind::process_kill, Kind::cut, Kind::stall};
    const Kind kind = kinds[static_cast<std::size_t>(dice_.from(profile_.power_loss ? 0 : 1, 3))];
    const std::string target = any_machine(c_, dice_, false);
    const std::int64_t at = any_time();
    fault(kind, target, at, dice_.from(60'000, 200'000));
  }

  Case& c_;
  Dice& dice_;
  const Profile& profile_;
};

}  // namespace

Case generate(std::uint64_t seed, const Profile& most) {
  Dice dice(seed);
  Profile profile = most;
  // The shorter, the denser.
  if (dice.one_in(2)) profile.span_ms = std::max<std::int64_t>(most.span_ms / (1LL << dice.from(1, 4)), 1000);
  Case c;
  c.noise = dice.bits();
  add_cluster(c, dice, profile);
  add_clients(c, dice, profile);
  add_sends(c, dice, profile);
  const bool has_storm = profile.faults_max > 0 && dice.one_in(3);
  // A storm alone shows what other faults would excuse.
  const std::int64_t faults = has_storm && dice.one_in(2) ? 0 : dice.from(0, profile.faults_max);
  for (std::int32_t i = 1; i <= faults; ++i) c.faults.push_back(any_fault(c, dice, profile, i));
  if (has_storm) Storm(c, dice, profile).add();
  return c;
}

}  // namespace gantry::properties::cases

// mqsim: runs generated or written cases of a whole cluster in the simulator.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <system_error>
#include <tuple>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "model/base/whole_number.h"
#include "properties/claims.h"
#include "properties/cluster/configured.h"
#include "properties/cluster/run.h"
#include "properties/recording/recorder.h"
#include "properties/trials/coverage.h"
#include "properties/trials/shrink.h"
#include "properties/trials/workers.h"
#include "sim/seal/seal.h"

namespace {

using namespace gantry::properties;

constexpr std::uint64_t last_seed = std::uint64_t{1} << 62;

enum Exit { all_held = 0, a_claim_failed = 1, bad_usage = 2, could_not_run = 3 };

constexpr const char* exit_codes =
    "Exit codes: 0 every claim held; 1 a claim failed or a run crashed (the line that replays it is\n"
    "printed), or coverage found that something never happened; 2 bad usage or a bad case file (the line and "
    "what was expected there is printed);\n"
    "3 no worker process or no file could be made.";

std::string hex(const gantry::sim::Simulation::Hash& hash) {
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void report(const trials::Verdict& v) {
  fmt::print("seed {}: {}: {}\n", v.seed, v.claim, v.what);
}

std::string case_of(std::uint64_t seed) {
  return fmt::format("case-{}.txt", seed);
}

/// Writes the case, and prints how to run it again.
int write_failure(const cases::Case& c, const trials::Verdict& v, const std::string& file) {
  const std::string text = trials::case_file(c, v);
  std::ofstream out(file);
  out << text;
  if (!out.flush()) {
    fmt::print(stderr, "mqsim: {} cannot be written\n", file);
    return could_not_run;
  }
  if (text.size() > trials::small_bytes_max)
    fmt::print("{} has {} bytes; what is kept in properties/regressions may have {}\n", file, text.size(),
               trials::small_bytes_max);
  const std::string where = std::filesystem::absolute(file);
  fmt::print("replay with: ./dev replay {}\n  draw with: ./dev draw {}\n", where, where);
  return a_claim_failed;
}

/// Makes a failing case small, writes it, and prints what is left of it.
int shrink_failure(const cases::Case& c, const trials::Verdict& v, bool sealed, const std::string& file) {
  const auto begin = std::chrono::steady_clock::now();
  const trials::Shrunk shrunk = trials::shrink(c, v, sealed);
  fmt::print("shrunk to {} in {} runs, {:.1f} s{}: {}: {}\n", trials::size_of(shrunk.smallest), shrunk.runs,
             seconds_since(begin), shrunk.complete ? "" : " (given up there)", shrunk.verdict.claim,
             shrunk.verdict.what);
  return write_failure(shrunk.smallest, shrunk.verdict, file);
}

struct Wishes {
  bool log = false;
  std::string record;
  bool hashes = false;
  bool shrink = true;
};

/// Runs seeds and prints what they exercised. It is a failure when a kind of fault never meets anything.
int print_coverage(const trials::Plan& plan) {
  trials::Coverage coverage;
  std::uint64_t failed = 0;
  const bool ran = trials::run(plan, [&](const trials::Verdict& v) {
    coverage.add(v);
    failed += v.claim.empty() ? 0 : 1;
  });
  if (!ran || coverage.runs() != plan.seeds) {
    fmt::print(stderr, "mqsim: not every case came to a verdict\n");
    return could_not_run;
  }
  fmt::print("{}", coverage.text());
  const std::vector<std::string> missing = coverage.missing();
  for (const std::string& what : missing) fmt::print("NEVER: {}\n", what);
  return failed == 0 && missing.empty() ? all_held : a_claim_failed;
}

struct Totals {
  std::uint64_t runs = 0, events = 0, failures = 0;
  double simulated = 0;
};

void show_progress(const Totals& t, std::uint64_t of, double took) {
  if (::isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r{}/{} cases, {} failed, {:.0f} events/s, {:.0f} x real time ", t.runs, of, t.failures,
             static_cast<double>(t.events) / took, t.simulated / took);
  std::fflush(stderr);
}

int run_seeds(const trials::Plan& plan, const Wishes& wishes) {
  const bool hashes = wishes.hashes;
  const auto begin = std::chrono::steady_clock::now();
  Totals totals;
  std::map<std::uint64_t, std::string> hash_of;
  std::map<std::uint64_t, trials::Verdict> failed;
  const bool ran = trials::run(plan, [&](const trials::Verdict& v) {
    ++totals.runs;
    totals.events += v.events;
    totals.simulated += static_cast<double>(v.simulated_ns) / 1e9;
    if (hashes && v.claim != trials::crash) hash_of[v.seed] = hex(v.hash);
    if (!v.claim.empty()) ++totals.failures, failed[v.seed] = v;
    show_progress(totals, plan.seeds, seconds_since(begin));
  });
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\n");
  if (!ran) {
    fmt::print(stderr, "mqsim: no worker process could be started\n");
    return could_not_run;
  }
  if (totals.runs != plan.seeds && !(plan.until_failure && !failed.empty())) {
    fmt::print(stderr, "mqsim: {} of {} cases came to a verdict\n", totals.runs, plan.seeds);
    return could_not_run;
  }
  for (const auto& [seed, hash] : hash_of) fmt::print("{} {}\n", seed, hash);
  const double took = seconds_since(begin);
  if (plan.until_failure && !failed.empty()) failed.erase(std::next(failed.begin()), failed.end());
  for (const auto& [seed, v] : failed) report(v);
  int code = all_held;
  std::set<std::string> told;
  for (const auto& [seed, v] : failed) {
    if (!told.insert(v.claim).second) continue;  // one small case for each claim
    const cases::Case c = cases::generate(seed, plan.profile);
    const std::string file = case_of(seed);
    code = std::max<int>(code,
                         wishes.shrink ? shrink_failure(c, v, plan.sealed, file) : write_failure(c, v, file));
  }
  if (!hashes)
    fmt::print(
        "{} cases, {} failed; {} events, {:.0f} s simulated in {:.2f} s: {:.0f} events/s, {:.0f} x real "
        "time\n",
        totals.runs, totals.failures, totals.events, totals.simulated, took,
        static_cast<double>(totals.events) / took, totals.simulated / took);
  return code;
}

std::string verdict_of(const trials::Verdict& v) {
  return v.claim.empty() ? "every claim held" : fmt::format("{}: {}", v.claim, v.what);
}

void tell_run(const cases::Case& c, const cluster::Outcome& outcome) {
  std::uint64_t acknowledged = 0, probes = 0;
  for (const auto& sent : outcome.sent)
    (sent.probe ? probes : acknowledged) += sent.acknowledged || sent.probe ? 1 : 0;
  fmt::print(
      "{} of {} sends acknowledged; with {} probes in the end {} deliveries, {} stored; {} steps of time\n",
      acknowledged, c.sends.size(), probes, outcome.consumed.size(), outcome.stored.size(), outcome.steps);
  const auto id_of = [](const cluster::Struck& struck) { return struck.fault.id; };
  for (const auto& fault : c.faults)
    if (std::ranges::find(outcome.struck, fault.id, id_of) == outcome.struck.end())
      fmt::print("fault {} did not begin: no {} number {} on {}\n", fault.id, fault.anchor.event,
                 fault.anchor.occurrence, fault.target);
  if (outcome.settled)
    fmt::print(
        "well {} ms after everything had healed ({} ms allowed); then {} steps in a minute ({:.0f} "
        "allowed)\n",
        (outcome.settled_at - outcome.healed).count() / 1'000'000,
        (outcome.deadline - outcome.healed).count() / 1'000'000, outcome.idle_steps,
        cluster::idle_steps(c, outcome.queues, cluster::Milliseconds(outcome.idle_ms)));
}

/// Prints a few excuses for each fault, row and word, and how many more there are. The rows are those of
/// docs/guarantees.md.
void tell_excuses(std::span<const Excuse> excuses) {
  constexpr std::size_t told_max = 3;
  std::map<std::tuple<std::int32_t, Row, Harm>, std::size_t> told;
  const auto tell = [](std::int32_t fault, Row row, Harm harm, std::string_view what) {
    const std::string cause = fault == 0 ? std::string("no fault") : fmt::format("fault {}", fault);
    fmt::print("    excused by {}, row {}, {}: {}\n", cause, name_of(row), name_of(harm), what);
  };
  for (const Excuse& excuse : excuses)
    if (++told[{excuse.fault, excuse.row, excuse.harm}] <= told_max)
      tell(excuse.fault, excuse.row, excuse.harm, excuse.what);
  for (const auto& [kind, times] : told)
    if (times > told_max)
      tell(std::get<0>(kind), std::get<1>(kind), std::get<2>(kind), fmt::format("{} more", times - told_max));
}

/// Prints what each claim says, and returns the first that failed.
std::optional<Failure> tell_claims(const cases::Case& c, const cluster::Outcome& outcome) {
  std::optional<Failure> first;
  Excuses excuses;
  for (const Claim& claim : all_claims()) {
    const std::size_t before = excuses.size();
    const Violation violation = claim.check(c, outcome, excuses);
    if (violation && !first) first = {claim.name, *violation};
    fmt::print("{:<34} {}\n", claim.name, violation ? "FAILED: " + *violation : "held");
    tell_excuses(std::span(excuses).subspan(before));
  }
  return first;
}

/// Runs one case and prints everything about it. Calls `ended` after the run, before the claims are judged.
trials::Verdict run_and_tell(
    const cases::Case& c, const Wishes& wishes, const std::function<void()>& ended = [] {}) {
  recording::Recorder recorder(c, wishes.log, !wishes.record.empty());
  const cluster::Outcome outcome = cluster::run(c, {.observer = recorder.wanted() ? &recorder : nullptr});
  ended();
  trials::Verdict verdict{0, outcome.hash, outcome.events, outcome.end.ns, {}, {}};
  tell_run(c, outcome);
  if (const auto failure = tell_claims(c, outcome)) {
    verdict.claim = failure->claim;
    verdict.what = failure->what;
  }
  if (!wishes.record.empty())
    verdict.record = gantry::traces::record::to_text(recorder.finish(outcome, verdict_of(verdict)));
  std::fflush(stdout);
  return verdict;
}

/// The same in a sealed worker process, so that a run which asks the world, dies or does not end comes to a
/// verdict, too.
trials::Verdict run_closed_and_tell(const cases::Case& c, const Wishes& wishes) {
  static char room[1 << 16];  // a sealed process may write, but may not ask what it writes to
  std::setvbuf(stdout, room, _IOFBF, sizeof room);
  return trials::judge_one(c, [&](const cases::Case& it) { return run_and_tell(it, wishes); }, {});
}

int write_record(const trials::Verdict& verdict, const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  out << verdict.record;
  if (out.flush()) return all_held;
  fmt::print(stderr, "mqsim: {} cannot be written\n", file);
  return could_not_run;
}

std::pair<int, trials::Verdict> run_case(const cases::Case& c, bool sealed, const Wishes& wishes,
                                         const std::string& name) {
  const auto begin = std::chrono::steady_clock::now();
  std::optional<double> took;  // the time of the run alone, where there is a clock
  trials::Verdict verdict =
      sealed ? run_closed_and_tell(c, wishes) : run_and_tell(c, wishes, [&] { took = seconds_since(begin); });
  if (!took) took = seconds_since(begin);
  if (verdict.claim == trials::crash) {
    fmt::print("{}: {}\n", name, verdict_of(verdict));
    if (!wishes.record.empty()) fmt::print("a run that dies leaves no record\n");
    return {a_claim_failed, verdict};
  }
  const double simulated = static_cast<double>(verdict.simulated_ns) / 1e9;
  fmt::print("{}: hash {}, {} events, {:.1f} s simulated in {:.3f} s ({:.0f} x real time)\n", name,
             hex(verdict.hash), verdict.events, simulated, *took, simulated / *took);
  if (!wishes.record.empty())
    if (const int code = write_record(verdict, wishes.record); code != all_held) return {code, verdict};
  return {verdict.claim.empty() ? all_held : a_claim_failed, verdict};
}

/// Runs the case that a seed names. If it fails, the case is written as it is.
int run_seed(std::uint64_t seed, bool sealed, const Wishes& wishes) {
  const cases::Case c = cases::generate(seed);
  const auto [code, verdict] = run_case(c, sealed, wishes, fmt::format("seed {}", seed));
  return code == a_claim_failed ? write_failure(c, verdict, case_of(seed)) : code;
}

/// Runs a case in a worker process, and makes it small when it fails.
int shrink_case(const cases::Case& c, const std::string& name, const std::string& into) {
  const trials::Verdict verdict = trials::run_one(c, 0);
  if (verdict.claim.empty()) {
    fmt::print("{}: every claim held\n", name);
    return all_held;
  }
  fmt::print("{}: {}: {}\n", name, verdict.claim, verdict.what);
  return shrink_failure(c, verdict, true, into);
}

std::optional<cases::Case> read_case(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (in.peek(); in.bad() || !in.is_open()) {  // a folder can be opened and gives nothing
    fmt::print(stderr, "mqsim: {} cannot be read\n", file);
    return std::nullopt;
  }
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  auto c = cases::parse(text);
  if (c) return std::move(*c);
  fmt::print(stderr, "{}:{}: {}\n", file, c.error().line, c.error().message);
  return std::nullopt;
}

/// Takes the user's locale, and a salt for hashes of texts (hexadecimal) from GANTRY_HASH_SALT, so that a run
/// which depends on what surrounds the process gives itself away.
void take_surroundings() {
  std::setlocale(LC_ALL, "");
  const char* const text = std::getenv("GANTRY_HASH_SALT");
  std::uint64_t salt = 0;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), salt, 16);
  gantry::sim::seal::salt_hashes(salt);
}

int run(int argc, char** argv) {
  CLI::App app{
      "Runs a RocketMQ-compatible cluster in a seeded simulator, under faults, and checks what it claims."};
  app.footer(exit_codes);
  app.require_subcommand(1);

  trials::Plan plan;
  std::uint64_t seed = 0;
  bool unsealed = false, as_it_is = false;
  Wishes wishes;
  CLI::App* run = app.add_subcommand("run", "Runs generated cases");
  CLI::Option* many = run->add_option("--seeds", plan.seeds, "How many cases")
                          ->capture_default_str()
                          ->check(gantry::whole_number(1));
  run->add_option("--from", plan.first_seed, "The first seed")
      ->capture_default_str()
      ->check(gantry::whole_number(0, last_seed));
  CLI::Option* one = run->add_option("--seed", seed, "Only this seed, with its claims one by one")
                         ->check(gantry::whole_number(0, last_seed))
                         ->excludes(many);
  run->add_option("--jobs", plan.jobs, "Worker processes (0: one per core)")
      ->check(gantry::whole_number(0, 1024));
  run->add_flag("--hashes", wishes.hashes, "Print `seed hash` lines instead of a summary");
  run->add_flag("--until-failure", plan.until_failure, "Stop behind the first seed that fails");
  run->add_flag("--as-it-is", as_it_is, "Leave failing cases as they are instead of shrinking them");
  run->add_flag("--unsealed", unsealed, "Let the simulation make system calls (for a debugger)");
  run->add_flag("--log", wishes.log, "Print what the nodes logged")->needs(one);
  run->add_option("--record", wishes.record, "Write every event to this file (see mqtrace)")->needs(one);

  CLI::App* covered = app.add_subcommand("coverage", "Counts what generated cases really exercise");
  covered->add_option("--seeds", plan.seeds, "How many cases")
      ->capture_default_str()
      ->check(gantry::whole_number(1));
  covered->add_option("--from", plan.first_seed, "The first seed")
      ->capture_default_str()
      ->check(gantry::whole_number(0, last_seed));
  covered->add_option("--jobs", plan.jobs, "Worker processes (0: one per core)")
      ->check(gantry::whole_number(0, 1024));

  std::string file;
  CLI::App* replay = app.add_subcommand("replay", "Runs a case file");
  replay->add_option("file", file, "The case")->required();
  replay->add_flag("--log", wishes.log, "Print what the nodes logged");
  replay->add_option("--record", wishes.record, "Write every event to this file (see mqtrace)");
  replay->add_flag("--unsealed", unsealed, "Run it in this process, unguarded (for a debugger or a profile)");

  std::string small_file;
  CLI::App* shrink = app.add_subcommand("shrink", "Makes a case file that fails small");
  shrink->add_option("file", file, "The case")->required();
  shrink->add_option("-o,--output", small_file, "Where the small case goes (default: FILE.small)");

  CLI::App* generate = app.add_subcommand("generate", "Prints the case that a seed names");
  generate->add_option("--seed", seed, "The seed")->required()->check(gantry::whole_number(0, last_seed));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? all_held : bad_usage;
  }
  plan.sealed = !unsealed;
  if (*covered) return print_coverage(plan);
  if (*generate) return fmt::print("{}", cases::to_text(cases::generate(seed))), all_held;
  if (*replay) {
    const auto c = read_case(file);
    return c ? run_case(*c, plan.sealed, wishes, file).first : bad_usage;
  }
  if (*shrink) {
    const auto c = read_case(file);
    return c ? shrink_case(*c, file, small_file.empty() ? file + ".small" : small_file) : bad_usage;
  }
  if (*one) return run_seed(seed, plan.sealed, wishes);
  wishes.shrink = !as_it_is && !wishes.hashes;
  return run_seeds(plan, wishes);
}

}  // namespace

int main(int argc, char** argv) {
  take_surroundings();
  // A run whose output could not be written is no success: the disk behind the standard output may be full.
  try {
    const int code = run(argc, argv);
    if (std::fflush(stdout) == 0) return code;
  } catch (const std::system_error&) {  // by fmt::print
  }
  std::fputs("mqsim: the standard output cannot be written\n", stderr);
  return could_not_run;
}

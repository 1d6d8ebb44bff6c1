#include "properties/farm/farm.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/cluster/run.h"
#include "sim/seal/seal.h"

namespace gantry::properties::farm {

namespace {

/// A verdict's numbers as they lie in the pipe, followed by the two texts.
struct Head {
  std::uint64_t seed, high, low, events;
  std::int64_t simulated_ns;
  std::uint32_t claim_bytes, what_bytes;
};

std::string pack(const Verdict& v) {
  const Head head{v.seed,
                  v.hash.high,
                  v.hash.low,
                  v.events,
                  v.simulated_ns,
                  static_cast<std::uint32_t>(v.claim.size()),
                  static_cast<std::uint32_t>(v.what.size())};
  std::string out(sizeof head, '\0');
  std::memcpy(out.data(), &head, sizeof head);
  return out + v.claim + v.what;
}

/// Takes one whole verdict from the front of what arrived so far, if one is there.
std::optional<Verdict> unpack(std::string& arrived) {
  Head head;
  if (arrived.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, arrived.data(), sizeof head);
  const std::size_t whole = sizeof head + head.claim_bytes + head.what_bytes;
  if (arrived.size() < whole) return std::nullopt;
  Verdict v{head.seed,
            {head.high, head.low},
            head.events,
            head.simulated_ns,
            arrived.substr(sizeof head, head.claim_bytes),
            arrived.substr(sizeof head + head.claim_bytes, head.what_bytes)};
  arrived.erase(0, whole);
  return v;
}

void write_all(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0) ::_exit(3);  // nobody listens any more
    at += static_cast<std::size_t>(n);
  }
}

std::optional<Failure> failure_of(std::string_view only, const cases::Case& c,
                                  const cluster::Outcome& outcome) {
  if (only.empty()) return first_failure(c, outcome);
  for (const Claim& claim : all_claims())
    if (claim.name == only)
      if (auto violation = claim.check(c, outcome)) return Failure{claim.name, std::move(*violation)};
  return std::nullopt;
}

Verdict judge(const cases::Case& c, std::uint64_t seed, std::string_view only) {
  const cluster::Outcome outcome = cluster::run(c);
  Verdict v{seed, outcome.hash, outcome.events, outcome.end.ns, {}, {}};
  if (auto failure = failure_of(only, c, outcome)) {
    v.claim = failure->claim;
    v.what = std::move(failure->what);
  }
  return v;
}

/// A worker process and the seeds that it was given: first, first + step, ... below `end`.
struct Worker {
  pid_t pid = -1;
  int fd = -1;
  std::uint64_t next = 0, step = 1, end = 0;
  std::string arrived;
  std::chrono::steady_clock::time_point heard{};  // when its last verdict came
  bool overdue = false;
};

/// How all workers of one call run their cases.
struct Manner {
  std::function<cases::Case(std::uint64_t)> case_of;
  bool sealed;
  std::string_view only;
};

// Far more than any case takes; a run that takes longer will not end.
constexpr auto verdict_limit = std::chrono::minutes(1);

bool start(Worker& w, const Manner& manner) {
  int ends[2];
  if (::pipe(ends) != 0) return false;
  w.pid = ::fork();
  if (w.pid < 0) return false;
  if (w.pid == 0) {
    ::close(ends[0]);
    if (manner.sealed) sim::seal::close_process(ends[1]);
    for (std::uint64_t seed = w.next; seed < w.end; seed += w.step)
      write_all(ends[1], pack(judge(manner.case_of(seed), seed, manner.only)));
    ::_exit(0);
  }
  ::close(ends[1]);
  w.fd = ends[0];
  w.heard = std::chrono::steady_clock::now();
  w.overdue = false;
  return true;
}

std::string cause_of_death(int status) {
  if (WIFSIGNALED(status)) return fmt::format("the run ended by signal {}", WTERMSIG(status));
  return fmt::format("the run ended with status {}", WEXITSTATUS(status));
}

/// The worker's pipe has closed. Unless it had finished, the seed it was at is to blame, and a new
/// process goes on behind it.
bool bury(Worker& w, const Manner& manner, const std::function<void(const Verdict&)>& on_verdict) {
  int status = 0;
  ::waitpid(w.pid, &status, 0);
  ::close(w.fd);
  w.fd = -1;
  if (w.next >= w.end) return true;
  on_verdict({w.next, {}, 0, 0, "crash", w.overdue ? "the run did not end" : cause_of_death(status)});
  w.next += w.step;
  w.arrived.clear();
  return w.next >= w.end || start(w, manner);
}

void end_overdue(std::vector<Worker>& workers) {
  for (Worker& w : workers)
    if (w.fd >= 0 && !w.overdue && std::chrono::steady_clock::now() - w.heard > verdict_limit) {
      w.overdue = true;
      ::kill(w.pid, SIGKILL);  // its pipe closes, and it is buried like any other
    }
}

bool run_workers(std::vector<Worker>& workers, const Manner& manner,
                 const std::function<void(const Verdict&)>& on_verdict) {
  for (Worker& w : workers)
    if (!start(w, manner)) return false;
  for (;;) {
    std::vector<pollfd> waiting;
    for (const Worker& w : workers)
      if (w.fd >= 0) waiting.push_back({w.fd, POLLIN, 0});
    if (waiting.empty()) return true;
    if (::poll(waiting.data(), waiting.size(), 1000) < 0) continue;
    end_overdue(workers);
    for (const pollfd& ready : waiting) {
      if (ready.revents == 0) continue;
      for (Worker& w : workers) {
        if (w.fd != ready.fd) continue;
        char chunk[65536];
        const ssize_t n = ::read(w.fd, chunk, sizeof chunk);
        if (n > 0) w.arrived.append(chunk, static_cast<std::size_t>(n));
        while (auto verdict = unpack(w.arrived)) {
          w.next = verdict->seed + w.step;
          w.heard = std::chrono::steady_clock::now();
          on_verdict(*verdict);
        }
        if (n <= 0 && !bury(w, manner, on_verdict)) return false;
        break;
      }
    }
  }
}

}  // namespace

bool run(const Plan& plan, const std::function<void(const Verdict&)>& on_verdict) {
  const long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  const std::uint64_t jobs = plan.jobs != 0 ? plan.jobs : static_cast<std::uint64_t>(cores > 0 ? cores : 1);
  std::vector<Worker> workers;
  for (std::uint64_t i = 0; i < jobs && i < plan.seeds; ++i)
    workers.push_back(
        {.next = plan.first_seed + i, .step = jobs, .end = plan.first_seed + plan.seeds, .arrived = {}});
  const Manner manner{
      [&](std::uint64_t seed) { return cases::generate(seed, plan.profile); }, plan.sealed, {}};
  return run_workers(workers, manner, on_verdict);
}

Verdict run_one(const cases::Case& c, std::uint64_t seed, bool sealed, std::string_view only) {
  std::vector<Worker> workers{{.next = seed, .step = 1, .end = seed + 1, .arrived = {}}};
  Verdict result{seed, {}, 0, 0, "crash", "no worker process could be started"};
  const Manner manner{[&](std::uint64_t) { return c; }, sealed, only};
  run_workers(workers, manner, [&](const Verdict& v) { result = v; });
  return result;
}

}  // namespace gantry::properties::farm

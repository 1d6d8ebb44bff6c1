#include "properties/trials/workers.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "properties/claims.h"
#include "properties/cluster/marks.h"
#include "properties/cluster/run.h"
#include "sim/seal/seal.h"

namespace gantry::properties::trials {

namespace {

/// A verdict's numbers as they lie in the pipe, followed by its texts.
struct Head {
  std::uint64_t seed, high, low, events;
  std::int64_t simulated_ns;
  std::uint64_t claim_bytes, what_bytes, excused_bytes, marks_bytes, record_bytes;
  std::uint64_t bytes() const {
    return sizeof *this + claim_bytes + what_bytes + excused_bytes + marks_bytes + record_bytes;
  }
};

std::string pack(const Verdict& v) {
  const Head head{v.seed,         v.hash.high,   v.hash.low,       v.events,       v.simulated_ns,
                  v.claim.size(), v.what.size(), v.excused.size(), v.marks.size(), v.record.size()};
  std::string out(sizeof head, '\0');
  std::memcpy(out.data(), &head, sizeof head);
  return out + v.claim + v.what + v.excused + v.marks + v.record;
}

/// Takes one whole verdict from the front of what arrived so far, if one is there.
std::optional<Verdict> unpack(std::string& arrived) {
  Head head;
  if (arrived.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, arrived.data(), sizeof head);
  if (arrived.size() < head.bytes()) return std::nullopt;
  std::size_t at = sizeof head;
  const auto text = [&](std::uint64_t bytes) {
    at += bytes;
    return arrived.substr(at - bytes, bytes);
  };
  Verdict v{head.seed,
            {head.high, head.low},
            head.events,
            head.simulated_ns,
            text(head.claim_bytes),
            text(head.what_bytes),
            text(head.excused_bytes),
            text(head.marks_bytes),
            text(head.record_bytes)};
  arrived.erase(0, head.bytes());
  return v;
}

void write_all(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0) ::_exit(3);  // nobody listens any more
    at += static_cast<std::size_t>(n);
  }
}

Verdict judge(const cases::Case& c, std::uint64_t seed, std::string_view only) {
  const cluster::Outcome outcome = cluster::run(c);
  Verdict v{seed, outcome.hash, outcome.events, outcome.end.ns, {}, {}};
  Excuses excuses;
  if (auto failure = first_failure(c, outcome, excuses, only)) {
    v.claim = failure->claim;
    v.what = std::move(failure->what);
  }
  for (const Excuse& excuse : excuses)
    v.excused +=
        fmt::format("{} {} {} {}\n", excuse.fault, name_of(excuse.row), name_of(excuse.harm), excuse.what);
  for (const std::string& mark : cluster::marks_of(c, outcome)) v.marks += mark + "\n";
  return v;
}

/// A worker process and the seeds that it was given: first, first + step, ... below `end`.
struct Worker {
  pid_t pid = -1;
  int fd = -1;
  int errors = -1;  // a file in memory: its standard error
  std::uint64_t next = 0, step = 1, end = 0;
  std::string arrived;
  std::chrono::steady_clock::time_point heard{};  // when its last verdict came
  bool overdue = false;
};

/// What all workers of one call do with a seed, and how.
struct Job {
  std::function<Verdict(std::uint64_t)> verdict_of;
  Manner manner;
};

bool start(Worker& w, const Job& job) {
  int ends[2];
  w.errors = ::memfd_create("stderr", MFD_CLOEXEC);
  if (w.errors < 0 || ::pipe(ends) != 0) return false;
  w.pid = ::fork();
  if (w.pid < 0) return false;
  if (w.pid == 0) {
    ::close(ends[0]);
    ::dup2(w.errors, STDERR_FILENO);
    if (job.manner.sealed) sim::seal::close_process(ends[1]);
    for (std::uint64_t seed = w.next; seed < w.end; seed += w.step)
      write_all(ends[1], pack(job.verdict_of(seed)));
    ::_exit(0);
  }
  ::close(ends[1]);
  w.fd = ends[0];
  w.heard = std::chrono::steady_clock::now();
  w.overdue = false;
  return true;
}

/// Takes what a worker said on its standard error, and says it again on ours.
std::string last_words(Worker& w, bool quiet) {
  std::string said(static_cast<std::size_t>(std::max<off_t>(0, ::lseek(w.errors, 0, SEEK_END))), '\0');
  const ssize_t n = ::pread(w.errors, said.data(), said.size(), 0);
  said.resize(static_cast<std::size_t>(std::max<ssize_t>(0, n)));
  ::close(w.errors);
  w.errors = -1;
  if (!quiet) std::fputs(said.c_str(), stderr);
  return said;
}

std::string cause_of_death(const Worker& w, int status, const std::string& said) {
  if (w.overdue) return "the run did not end";
  const std::string line = said.substr(0, std::min<std::size_t>(said.find('\n'), 300));
  const std::string words = line.empty() ? "" : ": " + line;
  if (WIFSIGNALED(status)) return fmt::format("the run ended by signal {}{}", WTERMSIG(status), words);
  return fmt::format("the run ended with status {}{}", WEXITSTATUS(status), words);
}

/// The worker's pipe has closed. Unless it had finished, the seed it was at is to blame, and a new
/// process goes on behind it.
bool bury(Worker& w, const Job& job, const std::function<void(const Verdict&)>& on_verdict) {
  int status = 0;
  ::waitpid(w.pid, &status, 0);
  ::close(w.fd);
  w.fd = -1;
  const std::string said = last_words(w, job.manner.quiet);
  if (w.next >= w.end) return true;
  on_verdict({w.next, {}, 0, 0, std::string(crash), cause_of_death(w, status, said)});
  w.next += w.step;
  w.arrived.clear();
  return w.next >= w.end || start(w, job);
}

void end_overdue(std::vector<Worker>& workers, std::chrono::milliseconds limit) {
  for (Worker& w : workers)
    if (w.fd >= 0 && !w.overdue && std::chrono::steady_clock::now() - w.heard > limit) {
      w.overdue = true;
      ::kill(w.pid, SIGKILL);  // its pipe closes, and it is buried like any other
    }
}

/// Nobody begins a seed behind this one any more.
void stop_behind(std::vector<Worker>& workers, std::uint64_t seed) {
  for (Worker& w : workers) {
    w.end = std::min(w.end, seed + 1);
    if (w.fd >= 0 && w.next >= w.end) ::kill(w.pid, SIGKILL);
  }
}

/// Takes what a worker has written; false at its end.
bool hear(Worker& w, const std::function<void(const Verdict&)>& on_verdict) {
  char chunk[65536];
  const ssize_t n = ::read(w.fd, chunk, sizeof chunk);
  if (n > 0) w.arrived.append(chunk, static_cast<std::size_t>(n));
  while (auto verdict = unpack(w.arrived)) {
    if (verdict->seed >= w.end) continue;  // it was stopped meanwhile
    w.next = verdict->seed + w.step;
    w.heard = std::chrono::steady_clock::now();
    on_verdict(*verdict);
    if (w.next >= w.end) ::kill(w.pid, SIGKILL);  // it ends anyhow, or goes on behind a new end
  }
  return n > 0;
}

bool run_workers(std::vector<Worker>& workers, const Job& job,
                 const std::function<void(const Verdict&)>& on_verdict) {
  for (Worker& w : workers)
    if (!start(w, job)) return false;
  for (;;) {
    std::vector<pollfd> waiting;
    for (const Worker& w : workers)
      if (w.fd >= 0) waiting.push_back({w.fd, POLLIN, 0});
    if (waiting.empty()) return true;
    const int patience = static_cast<int>(std::min<std::int64_t>(job.manner.limit.count(), 1000));
    if (::poll(waiting.data(), waiting.size(), patience) < 0) continue;
    end_overdue(workers, job.manner.limit);
    for (const pollfd& ready : waiting) {
      if (ready.revents == 0) continue;
      const auto w = std::ranges::find(workers, ready.fd, &Worker::fd);
      if (!hear(*w, on_verdict) && !bury(*w, job, on_verdict)) return false;
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
  const Job job{[&](std::uint64_t seed) { return judge(cases::generate(seed, plan.profile), seed, {}); },
                {.sealed = plan.sealed}};
  return run_workers(workers, job, [&](const Verdict& v) {
    if (plan.until_failure && !v.claim.empty()) stop_behind(workers, v.seed);
    on_verdict(v);
  });
}

Verdict run_one(const cases::Case& c, std::uint64_t seed, const Manner& manner) {
  Verdict verdict = judge_one(c, [&](const cases::Case& it) { return judge(it, seed, manner.only); }, manner);
  verdict.seed = seed;
  return verdict;
}

Verdict judge_one(const cases::Case& c, const Judge& judge, const Manner& manner) {
  std::vector<Worker> workers{{.next = 0, .step = 1, .end = 1, .arrived = {}}};
  Verdict result{0, {}, 0, 0, std::string(crash), "no worker process could be started"};
  const auto named = [&](std::uint64_t) {
    Verdict verdict = judge(c);
    verdict.seed = 0;  // as the worker's
    return verdict;
  };
  run_workers(workers, {named, manner}, [&](const Verdict& v) { result = v; });
  return result;
}

}  // namespace gantry::properties::trials

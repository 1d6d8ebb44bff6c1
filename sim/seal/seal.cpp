#include "sim/seal/seal.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <vector>

#include "runtime/fibers/engine.h"
#include "sim/simulation.h"

namespace gantry::sim::seal {

namespace {
bool is_closed = false;  // of the process: there is one

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
void allow_counter() {
  prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0);
}
void forbid_counter() {
  invariant(prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == 0, "the system can forbid the processor's counter");
}
#else
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
void allow_counter() {}
void forbid_counter() {}  // user space reads the counter freely there: seccomp and the traps remain
#endif

// Memory, and what it takes to end with a message.
constexpr long allowed[] = {SYS_mmap,         SYS_munmap,         SYS_mremap,       SYS_brk,
                            SYS_madvise,      SYS_mprotect,       SYS_exit_group,   SYS_exit,
                            SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_tgkill,
                            SYS_getpid,       SYS_gettid};

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
constexpr sock_filter skip_unless(std::uint32_t value, std::uint8_t skipped) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, skipped, value};
}
constexpr sock_filter skip_if(std::uint32_t value, std::uint8_t skipped) {
  return {BPF_JMP | BPF_JEQ | BPF_K, skipped, 0, value};
}
constexpr sock_filter end_with(std::uint32_t verdict) {
  return {BPF_RET | BPF_K, 0, 0, verdict};
}

constexpr std::size_t first_argument = offsetof(seccomp_data, args);  // its lower half: little-endian

std::vector<sock_filter> program(int result_fd) {
  // Another architecture's numbers would mean other calls.
  std::vector<sock_filter> steps{load(offsetof(seccomp_data, arch)), skip_if(architecture, 1),
                                 end_with(SECCOMP_RET_KILL_PROCESS), load(offsetof(seccomp_data, nr))};
  for (const long number : allowed) {
    steps.push_back(skip_unless(static_cast<std::uint32_t>(number), 1));
    steps.push_back(end_with(SECCOMP_RET_ALLOW));
  }
  const auto allow_when_first_is = [&steps](long number, std::initializer_list<int> values) {
    steps.push_back(
        skip_unless(static_cast<std::uint32_t>(number), static_cast<std::uint8_t>(2 + 2 * values.size())));
    steps.push_back(load(first_argument));
    for (const int value : values) {
      steps.push_back(skip_unless(static_cast<std::uint32_t>(value), 1));
      steps.push_back(end_with(SECCOMP_RET_ALLOW));
    }
    steps.push_back(end_with(SECCOMP_RET_KILL_PROCESS));
  };
  allow_when_first_is(SYS_write, {1, 2, result_fd < 0 ? 1 : result_fd});
  allow_when_first_is(SYS_prctl, {PR_SET_TSC});
  steps.push_back(end_with(SECCOMP_RET_KILL_PROCESS));
  return steps;
}

void warm_up() {
  try {
    throw std::runtime_error("the first exception loads tables");
  } catch (const std::runtime_error&) {
  }
  in_simulation([](runtime::Runtime runtime) { runtime.tasks.yield(); });
}
}  // namespace

bool closed() {
  return is_closed;
}

void close_process(int result_fd) {
  invariant(!is_closed, "a process is closed once");
  warm_up();
  std::vector<sock_filter> steps = program(result_fd);
  const sock_fprog filter{static_cast<unsigned short>(steps.size()), steps.data()};
  invariant(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "a process can give up new privileges");
  runtime::fibers::set_reap_hooks({allow_counter, forbid_counter});
  forbid_counter();
  is_closed = true;
  environ = nullptr;  // who reads it past getenv() dies of it
  invariant(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0,
            "the system can filter its calls");
}

}  // namespace gantry::sim::seal

#pragma once

#include <cstdint>

namespace gantry::sim::seal {

/// Closes this process for good: from now on it can compute, manage memory, write to the standard
/// streams and to `result_fd` (-1: none), and end. Anything else kills it:
///
///     a clock read by the processor's counter   SIGSEGV   PR_SET_TSC
///     a system call: files, sockets, entropy,   SIGSYS    seccomp
///     sleep, threads, signals of others
///     what neither of them sees: coarse clocks, SIGILL    traps at link time, in programs that
///     time(), getenv(), getauxval(),                      link gantry::sealed
///     random_device,
///     the number of the processor or process
///     `environ`                                 SIGSEGV   it is a null pointer
///
/// What nothing can forbid, the instructions RDRAND and RDSEED, product archives are searched for
/// (tests/house).
///
/// Meant for a child that was forked to run simulations and to prove that these ask nobody. Only the
/// calling thread is closed, and there is no other. Warms up what needs the system once (the first
/// exception, the first fiber) before it closes. Aborts where the system cannot close a process.
void close_process(int result_fd);

/// True once close_process() has been called in this process.
bool closed();

/// From now on std::hash of texts gives other values in programs that link gantry::sealed: whatever
/// depends on the order of an unordered container runs differently with every salt. 0: as usual.
/// Before the first container is filled; not for a process that is closed.
void salt_hashes(std::uint64_t salt);

}  // namespace gantry::sim::seal

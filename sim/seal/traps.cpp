// Stand between a program and the functions that tell it about the outside without a system call and
// without the processor's counter. Linked in only where the linker is told to --wrap these names:
// CMake's gantry::sealed. Before the process is closed they hand the call on.
#include <sys/types.h>
#include <time.h>

#include <string>

#include "sim/seal/seal.h"

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wreserved-identifier"
#endif

namespace {
std::size_t hash_salt = 0;

void check() {
  if (gantry::sim::seal::closed()) __builtin_trap();
}
}  // namespace

void gantry::sim::seal::salt_hashes(std::uint64_t salt) {
  hash_salt = static_cast<std::size_t>(salt);
}

extern "C" {
time_t __real_time(time_t*);
int __real_clock_gettime(clockid_t, timespec*);
char* __real_getenv(const char*);
char* __real_secure_getenv(const char*);
int __real_sched_getcpu();
unsigned long __real_getauxval(unsigned long);
int __real_rand();
long __real_random();
pid_t __real_getpid();
pid_t __real_gettid();

time_t __wrap_time(time_t* into) {
  check();
  return __real_time(into);
}
int __wrap_clock_gettime(clockid_t clock, timespec* into) {
  check();
  return __real_clock_gettime(clock, into);
}
char* __wrap_getenv(const char* name) {
  check();
  return __real_getenv(name);
}
char* __wrap_secure_getenv(const char* name) {
  check();
  return __real_secure_getenv(name);
}
unsigned long __wrap_getauxval(unsigned long type) {  // AT_RANDOM: sixteen bytes of entropy
  check();
  return __real_getauxval(type);
}
int __wrap_sched_getcpu() {
  check();
  return __real_sched_getcpu();
}
int __wrap_rand() {
  check();
  return __real_rand();
}
long __wrap_random() {
  check();
  return __real_random();
}
pid_t __wrap_getpid() {
  check();
  return __real_getpid();
}
pid_t __wrap_gettid() {
  check();
  return __real_gettid();
}

// std::_Hash_bytes(bytes, length, seed): what std::hash of a text is made of.
std::size_t __real__ZSt11_Hash_bytesPKvmm(const void* bytes, std::size_t length, std::size_t seed);
std::size_t __wrap__ZSt11_Hash_bytesPKvmm(const void* bytes, std::size_t length, std::size_t seed) {
  return __real__ZSt11_Hash_bytesPKvmm(bytes, length, seed ^ hash_salt);
}

// std::random_device(token) and its operator(): they may use an instruction that nothing can forbid.
void __real__ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(
    void* self, const std::string& token);
void __wrap__ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(
    void* self, const std::string& token) {
  check();
  __real__ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(self, token);
}
unsigned __real__ZNSt13random_device9_M_getvalEv(void* self);
unsigned __wrap__ZNSt13random_device9_M_getvalEv(void* self) {
  check();
  return __real__ZNSt13random_device9_M_getvalEv(self);
}
}

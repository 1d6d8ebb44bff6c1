#include "runtime/asio/chance.h"

#include <cerrno>

#include <sys/random.h>

#include "model/base/invariant.h"

namespace gantry::runtime::asio {

namespace {
constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;

// The finalizer of SplitMix64: a counter through it passes the usual batteries of tests.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

std::uint64_t entropy() {
  std::uint64_t bits = 0;
  while (::getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits))
    invariant(errno == EINTR, "the system has entropy");
  return bits;
}
}  // namespace

SystemRandom::SystemRandom() : seed_(entropy()) {}

std::uint64_t SystemRandom::draw(std::string_view stream) {
  auto at = streams_.find(stream);
  if (at == streams_.end()) at = streams_.emplace(stream, mix(seed_ ^ fnv1a(stream))).first;
  return mix(at->second += golden);
}

}  // namespace gantry::runtime::asio

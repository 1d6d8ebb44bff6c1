#include "runtime/asio/descriptor_limit.h"

#include <algorithm>

#include <sys/resource.h>

#include "model/base/invariant.h"

namespace gantry::runtime::asio {

namespace {
constexpr std::size_t files_max = 256;
constexpr std::size_t others_max = 96;

rlimit limits() {
  rlimit found{};
  invariant(::getrlimit(RLIMIT_NOFILE, &found) == 0, "a process may ask for its own limits");
  return found;
}
}  // namespace

std::size_t descriptor_limit() {
  return limits().rlim_cur;
}

std::size_t raise_descriptor_limit() {
  rlimit wanted = limits();
  wanted.rlim_cur = wanted.rlim_max;
  // Where the system refuses, the limit is as it was: the shares come from what it is.
  ::setrlimit(RLIMIT_NOFILE, &wanted);
  return descriptor_limit();
}

DescriptorShares shares_of(std::size_t limit, std::size_t servers) {
  DescriptorShares shares;
  shares.others = std::min(limit / 2, others_max);
  shares.files = std::min(limit / 4, files_max);
  shares.lingering = limit / 16;
  shares.connections = (limit - shares.others - shares.files - shares.lingering) / servers;
  return shares;
}

}  // namespace gantry::runtime::asio

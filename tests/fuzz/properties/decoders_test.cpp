// Every decoder survives any bytes: its fuzz target, fed by RapidCheck with bytes that mean nothing, and
// with what Java wrote, damaged. The list is made from the files of tests/fuzz.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#define DECODER(name) extern "C" int feed_##name(const std::uint8_t* data, std::size_t size);
#include "tests/fuzz/properties/decoders.inc"
#undef DECODER

namespace gantry::fuzz {
namespace {

const std::vector<std::string>& golden_files() {
  static const std::vector<std::string> files = [] {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(GANTRY_GOLDEN))
      if (entry.is_regular_file()) paths.push_back(entry.path());
    std::ranges::sort(paths);
    std::vector<std::string> read;
    for (const auto& path : paths) {
      std::ifstream in(path, std::ios::binary);
      read.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return read;
  }();
  return files;
}

std::string damaged(std::string bytes) {
  for (int changes = *rc::gen::inRange(0, 6); changes > 0 && !bytes.empty(); --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    switch (*rc::gen::inRange(0, 4)) {
      case 0: bytes[at] = static_cast<char>(*rc::gen::arbitrary<std::uint8_t>()); break;
      case 1: bytes.resize(at); break;
      case 2: bytes.insert(at, bytes.substr(*rc::gen::inRange<std::size_t>(0, bytes.size()), 16)); break;
      default: bytes.replace(at, std::min<std::size_t>(4, bytes.size() - at), "\x7f\xff\xff\xff");
    }
  }
  return bytes;
}

std::string any_bytes() {
  if (*rc::gen::inRange(0, 3) == 0) return *rc::gen::arbitrary<std::string>();
  return damaged(*rc::gen::elementOf(golden_files()));
}

void survives(int (*feed)(const std::uint8_t*, std::size_t)) {
  const std::string bytes = any_bytes();
  RC_ASSERT(feed(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) == 0);
}

#define DECODER(name)                 \
  RC_GTEST_PROP(Decoders, name, ()) { \
    survives(feed_##name);            \
  }
#include "tests/fuzz/properties/decoders.inc"
#undef DECODER

}  // namespace
}  // namespace gantry::fuzz

#include "model/base/crc32.h"

#include <gtest/gtest.h>

namespace gantry {
namespace {

TEST(Crc32, IsTheOneThatZlibAndJavaCompute) {
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xCBF43926u);
  EXPECT_EQ(crc32(as_bytes("6789"), crc32(as_bytes("12345"))), 0xCBF43926u);
  EXPECT_EQ(crc32_31(as_bytes("123456789")), 0x4BF43926);
  EXPECT_EQ(crc32({}), 0u);
}

}  // namespace
}  // namespace gantry

#include "model/base/whole_number.h"

#include <gtest/gtest.h>

namespace gantry {
namespace {

TEST(WholeNumber, IsDigitsWithinItsBounds) {
  for (const char* right : {"0", "7", "18446744073709551615"}) EXPECT_EQ(whole_number()(right), "") << right;
  for (const char* wrong : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "18446744073709551616"})
    EXPECT_NE(whole_number()(wrong), "") << wrong;
  EXPECT_EQ(whole_number(1, 9)("9"), "");
  EXPECT_EQ(whole_number(1, 9)("10"), "expected a whole number from 1 to 9, found 10");
  EXPECT_NE(whole_number(1, 9)("0"), "");
}

}  // namespace
}  // namespace gantry

#include "model/base/utf8.h"

#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace gantry {
namespace {

TEST(Utf8, TheBeginningOfATextCutsNoCharacterApart) {
  const std::string text = "a\u00E4\u20AC\U0001F680";  // 1, 2, 3 and 4 bytes
  const std::size_t wanted[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t bytes_max = 0; bytes_max < std::size(wanted); ++bytes_max)
    EXPECT_EQ(first_of_utf8(text, bytes_max).size(), wanted[bytes_max]) << bytes_max;
}

RC_GTEST_PROP(Utf8, WhatIsWrittenIsReadAgain, ()) {
  std::uint32_t code_point = *rc::gen::inRange<std::uint32_t>(0, 0x110000);
  if (code_point >= 0xD800 && code_point < 0xE000) code_point -= 0x800;
  char character[4];
  const std::string text(character, write_utf8(code_point, character));
  std::size_t at = 0;
  RC_ASSERT(read_utf8(text, at) == code_point);
  RC_ASSERT(at == text.size());
  RC_ASSERT(is_utf8(text));
}

}  // namespace
}  // namespace gantry

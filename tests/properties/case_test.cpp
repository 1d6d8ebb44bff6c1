#include "properties/cases/case.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/cases/generate.h"

namespace gantry::properties::cases {
namespace {

RC_GTEST_PROP(Case, TextFormKeepsEverything, (std::uint64_t seed)) {
  const Case c = generate(seed);
  const auto back = parse(to_text(c));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == c);
}

TEST(Case, ASeedAlwaysNamesTheSameCase) {
  EXPECT_EQ(generate(7), generate(7));
  EXPECT_NE(generate(7), generate(8));
}

struct Bad {
  const char* text;
  int line;
  const char* says;
};

class CaseErrors : public testing::TestWithParam<Bad> {};

TEST_P(CaseErrors, NameTheLineAndWhatWasExpectedThere) {
  const auto c = parse(GetParam().text);
  ASSERT_FALSE(c.has_value());
  EXPECT_EQ(c.error().line, GetParam().line);
  EXPECT_NE(c.error().message.find(GetParam().says), std::string::npos) << c.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    All, CaseErrors,
    testing::Values(
        Bad{"", 0, "expected `gantry-case 1`"}, Bad{"hello\n", 1, "expected `gantry-case 1`"},
        Bad{"gantry-case 2\n", 1, "format 2"}, Bad{"gantry-case 1\nnoise x\n", 2, "number"},
        Bad{"gantry-case 1\n\ntopic T\n", 3, "topic NAME QUEUES"},
        Bad{"gantry-case 1\ntopic T 0\n", 2, "from 1 to 64"},
        Bad{"gantry-case 1\nfrobnicate\n", 2, "expected noise"},
        Bad{"gantry-case 1\nbroker b key\n", 2, "KEY=VALUE"},
        Bad{"gantry-case 1\nnamesrv n\nbroker b flushDiskType=OFTEN\n", 3, "SYNC_FLUSH"},
        Bad{"gantry-case 1\nnamesrv n\nbroker b flushDiskTyp=SYNC_FLUSH\n", 3, "flushDiskType"},
        Bad{"gantry-case 1\nnamesrv n\nbroker b\nfault 1 melt target=b at=1\n", 4, "melt"},
        Bad{"gantry-case 1\nnamesrv n\nbroker b\nfault 1 reset target=b when=1\n", 4, "when"},
        Bad{"gantry-case 1\nnamesrv n\nbroker b\nfault 1 reset target=x at=1\n", 4, "`x`"},
        Bad{"gantry-case 1\nnamesrv n\nbroker n\n", 3, "declared twice"},
        Bad{"gantry-case 1\nnamesrv n\nbroker b\nfault 1 reset target=b at=1\nfault 1 reset target=b at=1\n",
            5, "declared twice"},
        Bad{"gantry-case 1\nconsumer c G T speed=9\n", 2, "speed"},
        Bad{"gantry-case 1\nnamesrv n\nbroker b\nsend 1 p T m 5\n", 4, "no producer"},
        Bad{"gantry-case 1\nproducer auditor\n", 2, "`auditor`"},
        Bad{"gantry-case 1\nsend 1 p T m 5\nsend 2 p T m 5\n", 3, "declared twice"},
        Bad{"gantry-case 1\nbroker b listenPort=1\n", 2, "the run sets it"},
        Bad{"gantry-case 1\nfault 1 reset target=b duration=1\n", 2, "one of `at=MS` and `event"},
        Bad{"gantry-case 1\nfault 1 reset target=b at=1 event=disk.sync\n", 2, "one of `at=MS` and `event"},
        Bad{"gantry-case 1\nfault 1 reset target=b event=disk.snyc\n", 2, "`disk.snyc`"},
        Bad{"gantry-case 1\nfault 1 reset target=b event=fault.begin\n", 2, "`fault.begin`"},
        Bad{"gantry-case 1\nfault 1 clock_drift target=b at=1 duration=1 amount=-1000000\n", 2,
            "from -100000 to 100000 ppm"},
        Bad{"gantry-case 1\ntopic a/b 1\n", 2, "expected a topic"},
        Bad{"gantry-case 1\nconsumer c a/b T\n", 2, "expected a group"},
        Bad{"gantry-case 1\nsend 1 p T m|1 5\n", 2, "`m|1`"},
        Bad{"gantry-case 1\nbroker ../x\n", 2, "`../x`"},
        Bad{"gantry-case 1\nfault 1 delay target=b at=1 duration=1 amount=-5\n", 2, "amount from 0"},
        Bad{"gantry-case 1\nfault 1 delay target=b at=1 duration=1\n", 2, "expected `amount=N`"},
        Bad{"gantry-case 1\nfault 1 pause target=b at=1 duration=1 amount=5\n", 2, "a pause has no amount"},
        Bad{"gantry-case 1\nfault 1 pause target=b peer=c at=1 duration=1\n", 2, "a pause has no peer"},
        Bad{"gantry-case 1\nfault 1 cut target=b at=1\n", 2, "expected `duration=MS`"},
        Bad{"gantry-case 1\nfault 1 reset target=b at=1\nfault 01 reset target=b at=1\n", 3,
            "declared twice"},
        Bad{"gantry-case 1\ntopic T 1\ntopic U 2\n", 3, "expected 1 queues"},
        Bad{"gantry-case 1\nfault 1 disk_slo target=b at=1\n", 2, "there are process_kill, process_stop,"},
        Bad{"gantry-case 1\nfault 1 clock_step target=b at=1 duration=1 amount=9223372036854775807\n", 2,
            "amount from -"},
        Bad{"gantry-case 1\nfault 1 cut target=b peer=b at=1\n", 2, "another peer"},
        Bad{"gantry-case 1\nfault 1 disk_error target=b at=1 duration=1 part=snyc\n", 2, "`snyc`"},
        Bad{"gantry-case 1\nfault 1 reset target=b at=1 part=sync\n", 2, "no part"}));

}  // namespace
}  // namespace gantry::properties::cases

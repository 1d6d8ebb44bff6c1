#include "broker/store/log/waiters.h"

#include <string>

#include <gtest/gtest.h>

namespace gantry::broker::store::log {
namespace {

using runtime::Instant;

class Told {
 public:
  Waiters::Done as(char name) {
    return [this, name](PutStatus status) {
      text += name;
      if (status == PutStatus::flush_disk_timeout) text += '?';
      if (status == PutStatus::service_not_available) text += '!';
    };
  }
  std::string text;
};

TEST(Waiters, AreToldInOrderOfWhatTheyWaitFor) {
  Waiters waiters;
  Told told;
  waiters.add(PhysicalOffset{30}, Instant::never(), told.as('c'));
  waiters.add(PhysicalOffset{10}, Instant::never(), told.as('a'));
  waiters.add(PhysicalOffset{20}, Instant::never(), told.as('b'));
  EXPECT_FALSE(waiters.any_up_to(PhysicalOffset{9}));
  waiters.complete(PhysicalOffset{20});
  EXPECT_EQ(told.text, "ab");
  EXPECT_TRUE(waiters.any_beyond(PhysicalOffset{20}));
  waiters.fail_beyond(PhysicalOffset{20}, PutStatus::service_not_available);
  EXPECT_EQ(told.text, "abc!");
  EXPECT_TRUE(waiters.empty());
}

TEST(Waiters, EachHasItsOwnDeadline) {
  Waiters waiters;
  Told told;
  waiters.add(PhysicalOffset{10}, Instant{500}, told.as('a'));
  waiters.add(PhysicalOffset{20}, Instant{100}, told.as('b'));
  waiters.add(PhysicalOffset{30}, Instant::never(), told.as('c'));
  EXPECT_EQ(waiters.first_deadline(), Instant{100});
  waiters.expire(Instant{100}, PutStatus::flush_disk_timeout);
  EXPECT_EQ(told.text, "b?");
  EXPECT_EQ(waiters.first_deadline(), Instant{500});
  waiters.complete(PhysicalOffset{30});
  EXPECT_EQ(told.text, "b?ac");
}

TEST(Waiters, WhoIsToldMayWaitAgain) {
  Waiters waiters;
  int calls = 0;
  waiters.add(PhysicalOffset{10}, Instant::never(), [&](PutStatus) {
    ++calls;
    waiters.add(PhysicalOffset{20}, Instant::never(), [&](PutStatus) { ++calls; });
  });
  waiters.fail_beyond(PhysicalOffset{0}, PutStatus::service_not_available);
  EXPECT_EQ(calls, 1) << "who comes meanwhile stays";
  waiters.complete(PhysicalOffset{20});
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace gantry::broker::store::log

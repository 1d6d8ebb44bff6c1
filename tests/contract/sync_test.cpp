#include <string>
#include <vector>

#include "runtime/sync/channel.h"
#include "runtime/sync/future.h"
#include "runtime/sync/gate.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/timer_queue.h"
#include "tests/contract/world.h"

namespace gantry::contract {

// The rules of these are tested in tests/runtime/sync, in one order of events. Here: that they hold
// in whatever order the two worlds choose, and at real and virtual deadlines.
GANTRY_CONTRACT(SyncContract);

using namespace gantry::runtime::sync;

TEST_P(SyncContract, SleepLastsAsLongAsAsked) {
  in_world([&](Runtime rt) {
    const Instant before = rt.clock.now();
    EXPECT_TRUE(sleep(rt.tasks, rt.clock, 3ms));
    EXPECT_GE(rt.clock.now() - before, 3ms);
    EXPECT_TRUE(sleep(rt.tasks, rt.clock, 0ms));
    EXPECT_TRUE(sleep(rt.tasks, rt.clock, -1ms));
  });
}

TEST_P(SyncContract, SleepIsCalledOff) {
  in_world([&](Runtime rt) {
    Cancellation off(rt.tasks);
    rt.tasks.spawn("canceller", [&] { off.cancel(); });
    EXPECT_EQ(sleep(rt.tasks, rt.clock, 1h, &off).error(), Error(Errc::stopped));
    EXPECT_EQ(sleep(rt.tasks, rt.clock, 1h, &off).error(), Error(Errc::stopped));
  });
}

TEST_P(SyncContract, AMutexLetsOneThroughAtATime) {
  in_world([&](Runtime rt) {
    Mutex mutex(rt.tasks);
    TaskGroup group(rt.tasks);
    int inside = 0;
    int through = 0;
    for (int i = 0; i < 20; ++i)
      group.spawn("user", [&] {
        const auto lock = mutex.lock().value();
        EXPECT_EQ(++inside, 1);
        for (int turn = 0; turn < 5; ++turn) rt.tasks.yield();
        --inside;
        ++through;
      });
    EXPECT_TRUE(group.join());
    EXPECT_EQ(through, 20);
    EXPECT_FALSE(mutex.locked());
  });
}

TEST_P(SyncContract, WhoTimesOutOnAMutexDoesNotGetIt) {
  in_world([&](Runtime rt) {
    Mutex mutex(rt.tasks);
    auto held = mutex.lock().value();
    EXPECT_EQ(mutex.lock(within(rt.clock, 1ms)).error(), Error(Errc::timed_out));
    held.unlock();
    EXPECT_FALSE(mutex.locked());
  });
}

TEST_P(SyncContract, AConditionIsMetWhateverWakesInBetween) {
  in_world([&](Runtime rt) {
    Condition changed(rt.tasks);
    TaskGroup group(rt.tasks);
    int value = 0;
    for (int i = 1; i <= 10; ++i)
      group.spawn("waiter", [&, i] {
        EXPECT_TRUE(changed.await([&] { return value >= i; }));
        EXPECT_GE(value, i);
      });
    for (; value < 10; changed.notify_all()) {
      rt.tasks.yield();
      ++value;
    }
    EXPECT_TRUE(group.join());
  });
}

TEST_P(SyncContract, AConditionTimesOut) {
  in_world([&](Runtime rt) {
    Condition changed(rt.tasks);
    EXPECT_EQ(changed.await([] { return false; }, within(rt.clock, 1ms)).error(), Error(Errc::timed_out));
  });
}

TEST_P(SyncContract, AChannelDeliversEverythingOnceAndInOrder) {
  in_world([&](Runtime rt) {
    Channel<int> channel(rt.tasks, 3);
    TaskGroup senders(rt.tasks);
    TaskGroup receivers(rt.tasks);
    std::vector<int> last(4, -1);
    int received = 0;
    for (int sender = 0; sender < 4; ++sender)
      senders.spawn("sender", [&, sender] {
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(channel.send(sender * 1000 + i));
      });
    receivers.spawn("receiver", [&] {
      while (const auto value = channel.receive()) {
        int& before = last[static_cast<std::size_t>(*value / 1000)];
        EXPECT_EQ(*value % 1000, before + 1);
        ++before;
        ++received;
      }
    });
    EXPECT_TRUE(senders.join());
    channel.close();
    EXPECT_TRUE(receivers.join());
    EXPECT_EQ(received, 400);
  });
}

TEST_P(SyncContract, ManyReceiversShareAChannel) {
  in_world([&](Runtime rt) {
    Channel<int> channel(rt.tasks, 2);
    TaskGroup receivers(rt.tasks);
    std::vector<int> times(200, 0);
    for (int i = 0; i < 5; ++i)
      receivers.spawn("receiver", [&] {
        while (const auto value = channel.receive()) {
          ++times[static_cast<std::size_t>(*value)];
          rt.tasks.yield();
        }
      });
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(channel.send(i));
    channel.close();
    EXPECT_TRUE(receivers.join());
    EXPECT_EQ(times, std::vector<int>(200, 1));
  });
}

TEST_P(SyncContract, AChannelTimesOutAndIsCalledOff) {
  in_world([&](Runtime rt) {
    Channel<int> channel(rt.tasks, 1);
    Cancellation off(rt.tasks);
    EXPECT_EQ(channel.receive(within(rt.clock, 1ms)).error(), Error(Errc::timed_out));
    rt.tasks.spawn("canceller", [&] { off.cancel(); });
    EXPECT_EQ(channel.receive({Instant::never(), &off}).error(), Error(Errc::stopped));
  });
}

TEST_P(SyncContract, APromiseReachesEverybodyWhoWaits) {
  in_world([&](Runtime rt) {
    Promise<int> promise(rt.tasks);
    TaskGroup group(rt.tasks);
    int ready = 0;
    for (int i = 0; i < 5; ++i)
      group.spawn("waiter", [&, future = promise.future()] {
        EXPECT_TRUE(future.wait());
        ready += future.ready();
      });
    rt.tasks.yield();
    promise.set(7);
    EXPECT_TRUE(group.join());
    EXPECT_EQ(ready, 5);
    EXPECT_EQ(promise.future().get().value(), 7);
  });
}

TEST_P(SyncContract, AGateOpensForThoseWhoWaitAndThoseWhoCome) {
  in_world([&](Runtime rt) {
    Gate gate(rt.tasks);
    TaskGroup group(rt.tasks);
    EXPECT_EQ(gate.wait(within(rt.clock, 1ms)).error(), Error(Errc::timed_out));
    for (int i = 0; i < 5; ++i) group.spawn("waiter", [&] { EXPECT_TRUE(gate.wait()); });
    rt.tasks.yield();
    gate.open();
    EXPECT_TRUE(group.join());
    EXPECT_TRUE(gate.wait());
  });
}

TEST_P(SyncContract, TimersAreCalledInOrderAndNotEarly) {
  in_world([&](Runtime rt) {
    TimerQueue timers(rt.tasks, rt.clock);
    Condition changed(rt.tasks);
    const Instant start = rt.clock.now();
    std::vector<int> called;
    for (const int ms : {9, 3, 6, 3})
      timers.at(start + ms * 1ms, [&, ms] {
        EXPECT_GE(rt.clock.now() - start, ms * 1ms);
        called.push_back(ms);
        changed.notify_all();
      });
    EXPECT_TRUE(changed.await([&] { return called.size() == 4; }, within(rt.clock, 30s)));
    EXPECT_EQ(called, (std::vector{3, 3, 6, 9}));
    timers.stop();
  });
}

TEST_P(SyncContract, TimersAreCancelledOneByOneAndAllAtOnce) {
  in_world([&](Runtime rt) {
    TimerQueue timers(rt.tasks, rt.clock);
    int called = 0;
    const auto id = timers.at(rt.clock.now() + 1ms, [&] { ++called; });
    timers.at(rt.clock.now() + 2ms, [&] { called += 10; });
    timers.at(rt.clock.now() + 1h, [&] { called += 100; });
    EXPECT_TRUE(timers.cancel(id));
    EXPECT_TRUE(sleep(rt.tasks, rt.clock, 10ms));
    timers.stop();
    EXPECT_EQ(called, 10);
  });
}

TEST_P(SyncContract, AGroupIsJoinedWhenItsLastMemberHasEnded) {
  in_world([&](Runtime rt) {
    TaskGroup group(rt.tasks);
    int ended = 0;
    for (int i = 0; i < 20; ++i)
      group.spawn("member", [&, i] {
        EXPECT_TRUE(sleep(rt.tasks, rt.clock, i % 3 * 1ms));
        ++ended;
      });
    EXPECT_EQ(group.live(), 20u);
    EXPECT_TRUE(group.join());
    EXPECT_EQ(ended, 20);
    EXPECT_TRUE(group.join());
  });
}

TEST_P(SyncContract, ACrashUnwindsFibersInEveryKindOfWait) {
  int woken = 0;
  in_world([&](Runtime rt) {
    Mutex mutex(rt.tasks);
    Channel<int> channel(rt.tasks, 1);
    Gate gate(rt.tasks);
    Promise<int> promise(rt.tasks);
    TimerQueue timers(rt.tasks, rt.clock);
    TaskGroup group(rt.tasks);
    const auto held = mutex.lock().value();
    timers.at(rt.clock.now() + 1h, [] {});
    const std::function<void()> waits[] = {
        [&] { (void)mutex.lock(); },
        [&] { (void)channel.receive(); },
        [&] { (void)gate.wait(within(rt.clock, 1h)); },
        [&] { (void)promise.future().get(); },
        [&] { (void)sleep(rt.tasks, rt.clock, 1h); },
    };
    for (const auto& wait : waits)
      group.spawn("waiter", [&] {
        wait();
        ++woken;
      });
    rt.tasks.yield();
    world->crash();
    (void)group.join();
    ++woken;
  });
  EXPECT_EQ(woken, 0);
}

}  // namespace gantry::contract

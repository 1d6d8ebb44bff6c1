#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/sync/channel.h"
#include "runtime/sync/future.h"
#include "runtime/sync/gate.h"
#include "runtime/sync/mutex.h"
#include "runtime/sync/task_group.h"
#include "runtime/sync/timer_queue.h"
#include "tests/runtime/fibers/virtual_world.h"

namespace gantry::runtime::sync {
namespace {

using fibers::VirtualWorld;
using Story = std::vector<std::string>;

TEST(WaitList, WakesInOrderOfArrival) {
  VirtualWorld world;
  WaitList list;
  world.run([&] {
    for (const char* name : {"a", "b", "c"})
      world.spawn(name, [&, name] {
        ASSERT_TRUE(list.wait(world, {}));
        world.note(name);
      });
    world.yield();
    list.wake_one(world);
    world.yield();
    world.note("then");
    list.wake_all(world);
  });
  EXPECT_EQ(world.story, (Story{"a", "then", "b", "c"}));
}

TEST(WaitList, AWaitEndsAtItsDeadlineAndLeavesTheList) {
  VirtualWorld world;
  WaitList list;
  world.run([&] {
    EXPECT_EQ(list.wait(world, within(world, 5ms)).error(), Error(Errc::timed_out));
    EXPECT_EQ(world.now(), Instant{} + 5ms);
    EXPECT_TRUE(list.empty());
    EXPECT_FALSE(list.wake_one(world));
  });
}

TEST(WaitList, ManyTimeoutsBehindOnePatientWaiterLeaveNoPile) {
  VirtualWorld world;
  WaitList list;
  world.run([&] {
    world.spawn("patient", [&] {
      ASSERT_TRUE(list.wait(world, {}));
      world.note("patient");
    });
    world.yield();
    for (int i = 0; i < 100'000; ++i) ASSERT_FALSE(list.wait(world, within(world, 1us)));
    EXPECT_TRUE(list.wake_one(world));
    EXPECT_TRUE(list.empty());
  });
  EXPECT_EQ(world.story, Story{"patient"});
}

TEST(WaitList, AWakeUpForNoReasonNeitherEndsTheWaitNorLosesThePlace) {
  VirtualWorld world;
  WaitList list;
  Cancellation never(world);
  Waker first;
  world.run([&] {
    for (const char* name : {"a", "b"})
      world.spawn(name, [&, name] {
        if (*name == 'a') first = world.waker();
        ASSERT_TRUE(list.wait(world, {Instant{} + 1s, &never}));
        world.note(name);
      });
    world.yield();
    world.unpark(first);
    world.yield();
    EXPECT_EQ(world.story, Story{});
    list.wake_one(world);
    world.yield();
    EXPECT_EQ(world.story, Story{"a"});
    list.wake_one(world);
  });
  EXPECT_EQ(world.story, (Story{"a", "b"}));
}

TEST(Cancellation, EndsEveryWaitThatNamesItAndThoseThatComeLater) {
  VirtualWorld world;
  WaitList list;
  Cancellation off(world);
  world.run([&] {
    for (int i = 0; i < 3; ++i)
      world.spawn("waiter", [&] {
        EXPECT_EQ(list.wait(world, {Instant::never(), &off}).error(), Error(Errc::stopped));
        world.note("stopped");
      });
    world.yield();
    off.cancel();
    world.yield();
    EXPECT_EQ(world.story.size(), 3u);
    EXPECT_EQ(list.wait(world, {Instant::never(), &off}).error(), Error(Errc::stopped));
    EXPECT_TRUE(list.empty());
  });
}

TEST(Cancellation, DoesNotTakeAwayAWakeUpThatCameFirst) {
  VirtualWorld world;
  WaitList list;
  Cancellation off(world);
  world.run([&] {
    world.spawn("waiter", [&] {
      EXPECT_TRUE(list.wait(world, {Instant::never(), &off}));
      world.note("woken");
    });
    world.yield();
    list.wake_one(world);
    off.cancel();
  });
  EXPECT_EQ(world.story, Story{"woken"});
}

TEST(Sleep, LastsAsLongAsAskedUnlessCalledOff) {
  VirtualWorld world;
  Cancellation off(world);
  world.run([&] {
    EXPECT_TRUE(sleep(world, world, 3s, &off));
    EXPECT_EQ(world.now(), Instant{} + 3s);
    world.spawn("canceller", [&] {
      EXPECT_TRUE(sleep(world, world, 1s));
      off.cancel();
    });
    EXPECT_EQ(sleep(world, world, 3s, &off).error(), Error(Errc::stopped));
    EXPECT_EQ(world.now(), Instant{} + 4s);
  });
}

TEST(TaskGroup, JoinWaitsForMembersAndForThoseThatTheySpawn) {
  VirtualWorld world;
  TaskGroup group(world);
  world.run([&] {
    group.spawn("outer", [&] {
      group.spawn("inner", [&] {
        EXPECT_TRUE(sleep(world, world, 1s));
        world.note("inner");
      });
    });
    EXPECT_EQ(group.join(within(world, 1ms)).error(), Error(Errc::timed_out));
    EXPECT_TRUE(group.join());
    world.note("joined");
    EXPECT_EQ(group.live(), 0u);
  });
  EXPECT_EQ(world.story, (Story{"inner", "joined"}));
}

TEST(TaskGroup, JoinReturnsAfterWhatTheBodiesHeldIsGone) {
  VirtualWorld world;
  TaskGroup group(world);
  world.run([&] {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = held;
    group.spawn("holder", [held = std::move(held)] {});
    EXPECT_TRUE(group.join());
    EXPECT_TRUE(seen.expired());
  });
}

TEST(TaskGroup, ACrashUnwindsMembersAndWhoeverJoins) {
  VirtualWorld world;
  world.run([&] {
    TaskGroup group(world);
    group.spawn("sleeper", [&] { (void)sleep(world, world, 1h); });
    group.spawn("killer", [&] {
      world.engine.crash(*world.node);
      group.spawn("never", [&] { world.note("never"); });
      (void)sleep(world, world, 1s);
      world.note("never");
    });
    (void)group.join();
    world.note("never");
  });
  EXPECT_EQ(world.story, Story{});
  EXPECT_EQ(world.node->live(), 0u);
}

TEST(TaskGroup, MayGoBeforeItsMembersInACrash) {
  VirtualWorld world;
  world.run([&] {
    // The owner is younger than the member, so it is unwound first.
    auto group = std::make_shared<TaskGroup>(world);
    group->spawn("member", [&] { (void)sleep(world, world, 1h); });
    world.spawn("owner", [&, group = std::move(group)] { (void)sleep(world, world, 1h); });
    world.yield();
    world.engine.crash(*world.node);
  });
  EXPECT_EQ(world.node->live(), 0u);
}

TEST(Mutex, ExcludesAcrossSuspensionsAndGoesToWhoeverWaitedLongest) {
  VirtualWorld world;
  Mutex mutex(world);
  world.run([&] {
    for (const char* name : {"a", "b", "c"})
      world.spawn(name, [&, name] {
        const auto lock = mutex.lock().value();
        world.note(name);
        EXPECT_TRUE(sleep(world, world, 1ms));
        world.note(name);
      });
    world.yield();
    EXPECT_EQ(mutex.try_lock().error(), Error(Errc::busy));
  });
  EXPECT_EQ(world.story, (Story{"a", "a", "b", "b", "c", "c"}));
  EXPECT_FALSE(mutex.locked());
}

TEST(Mutex, LockTimesOutAndIsCalledOff) {
  VirtualWorld world;
  Mutex mutex(world);
  Cancellation off(world);
  world.run([&] {
    auto held = mutex.lock().value();
    EXPECT_EQ(mutex.lock(within(world, 1ms)).error(), Error(Errc::timed_out));
    off.cancel();
    EXPECT_EQ(mutex.lock({Instant::never(), &off}).error(), Error(Errc::stopped));
    held.unlock();
    EXPECT_TRUE(mutex.lock());
    EXPECT_FALSE(mutex.locked());
  });
}

TEST(Condition, WaitGivesTheMutexBackMeanwhile) {
  VirtualWorld world;
  Mutex mutex(world);
  Condition changed(world);
  bool ready = false;
  world.run([&] {
    world.spawn("setter", [&] {
      const auto lock = mutex.lock().value();
      ready = true;
      changed.notify_one();
    });
    auto lock = mutex.lock().value();
    while (!ready) EXPECT_TRUE(changed.wait(mutex, lock));
    EXPECT_TRUE(lock.holds(mutex));
    EXPECT_EQ(changed.wait(mutex, lock, within(world, 1ms)).error(), Error(Errc::timed_out));
    EXPECT_TRUE(lock.holds(mutex));
  });
}

TEST(Condition, AwaitReturnsOnceItHoldsWhateverTheNotifications) {
  VirtualWorld world;
  Condition changed(world);
  int value = 0;
  world.run([&] {
    world.spawn("counter", [&] {
      for (; value < 3; ++value) {
        changed.notify_all();
        world.yield();
      }
      changed.notify_all();
    });
    EXPECT_TRUE(changed.await([&] { return value == 3; }));
    EXPECT_EQ(changed.await([&] { return value == 4; }, within(world, 1ms)).error(), Error(Errc::timed_out));
  });
}

TEST(Channel, BoundsTheSenderAndKeepsTheOrder) {
  VirtualWorld world;
  Channel<std::unique_ptr<int>> channel(world, 2);
  world.run([&] {
    world.spawn("sender", [&] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(channel.send(std::make_unique<int>(i)));
        EXPECT_LE(channel.size(), 2u);
      }
      channel.close();
    });
    for (int i = 0; i < 10; ++i) EXPECT_EQ(*channel.receive().value(), i);
    EXPECT_EQ(channel.receive().error(), Error(Errc::closed));
  });
}

TEST(Channel, CloseWakesBothSidesAndKeepsWhatWasSent) {
  VirtualWorld world;
  Channel<int> channel(world, 1);
  world.run([&] {
    EXPECT_EQ(channel.try_receive().error(), Error(Errc::busy));
    EXPECT_TRUE(channel.send(1));
    EXPECT_EQ(channel.try_send(2).error(), Error(Errc::busy));
    world.spawn("closer", [&] { channel.close(); });
    EXPECT_EQ(channel.send(2).error(), Error(Errc::closed));
    EXPECT_EQ(channel.receive().value(), 1);
    EXPECT_EQ(channel.receive().error(), Error(Errc::closed));
    EXPECT_EQ(channel.try_receive().error(), Error(Errc::closed));
  });
}

TEST(Channel, SendAndReceiveTimeOut) {
  VirtualWorld world;
  Channel<int> channel(world, 1);
  world.run([&] {
    EXPECT_EQ(channel.receive(within(world, 1ms)).error(), Error(Errc::timed_out));
    EXPECT_TRUE(channel.send(1));
    EXPECT_EQ(channel.send(2, within(world, 1ms)).error(), Error(Errc::timed_out));
    EXPECT_EQ(channel.size(), 1u);
  });
}

TEST(Future, CarriesAValueAnErrorOrNothing) {
  VirtualWorld world;
  world.run([&] {
    Promise<std::unique_ptr<int>> value(world);
    Promise<void> failed(world);
    const auto kept = value.future();
    EXPECT_FALSE(kept.ready());
    EXPECT_EQ(kept.get(within(world, 1ms)).error(), Error(Errc::timed_out));
    world.spawn("keeper", [&] {
      value.set(std::make_unique<int>(7));
      failed.set(Errc::io);
    });
    EXPECT_EQ(*kept.get().value(), 7);
    EXPECT_EQ(failed.future().get().error(), Error(Errc::io));
  });
}

TEST(Future, APromiseThatIsGivenUpYieldsStopped) {
  VirtualWorld world;
  world.run([&] {
    auto promise = std::make_unique<Promise<int>>(world);
    const auto future = promise->future();
    world.spawn("quitter", [&] { promise.reset(); });
    EXPECT_EQ(future.get().error(), Error(Errc::stopped));
  });
}

TEST(Gate, LetsEverybodyThroughOnceOpen) {
  VirtualWorld world;
  Gate gate(world);
  world.run([&] {
    EXPECT_EQ(gate.wait(within(world, 1ms)).error(), Error(Errc::timed_out));
    for (int i = 0; i < 2; ++i)
      world.spawn("waiter", [&] {
        EXPECT_TRUE(gate.wait());
        world.note("through");
      });
    world.yield();
    gate.open();
    world.yield();
    EXPECT_TRUE(gate.wait());
    EXPECT_EQ(world.story.size(), 2u);
  });
}

TEST(TimerQueue, CallsInOrderOfTimeThenOfArrival) {
  VirtualWorld world;
  TimerQueue timers(world, world);
  world.run([&] {
    const auto note = [&](std::string what) {
      return [&, what] { world.note(what + "@" + std::to_string(world.now().ns)); };
    };
    timers.at(Instant{20}, note("c"));
    timers.at(Instant{10}, note("a"));
    timers.at(Instant{10}, note("b"));
    EXPECT_TRUE(sleep(world, world, Duration(5)));
    timers.at(Instant{7}, note("nearer"));
    EXPECT_TRUE(sleep(world, world, Duration(100)));
    timers.at(Instant{1}, note("past"));
    world.yield();
    world.yield();
    timers.stop();
  });
  EXPECT_EQ(world.story, (Story{"nearer@7", "a@10", "b@10", "c@20", "past@105"}));
}

TEST(TimerQueue, ACancelledTimerIsNeverCalledAndFreesWhatItHeld) {
  VirtualWorld world;
  TimerQueue timers(world, world);
  world.run([&] {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = held;
    const auto id = timers.at(Instant{10}, [&, held = std::move(held)] { world.note("never"); });
    EXPECT_TRUE(timers.cancel(id));
    EXPECT_TRUE(seen.expired());
    EXPECT_FALSE(timers.cancel(id));
    EXPECT_FALSE(timers.cancel({}));
    EXPECT_TRUE(sleep(world, world, 1s));
    timers.stop();
  });
  EXPECT_EQ(world.story, Story{});
}

TEST(TimerQueue, CallbacksMayAddAndCancelWithoutStarvingOthers) {
  VirtualWorld world;
  TimerQueue timers(world, world);
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds < 1000) timers.at(Instant{0}, again);
  };
  world.run([&] {
    EXPECT_TRUE(sleep(world, world, 1s));
    timers.at(Instant{0}, again);
    for (int i = 0; i < 10; ++i) world.yield();
    EXPECT_LT(rounds, 1000);
    EXPECT_TRUE(sleep(world, world, 1s));
    EXPECT_EQ(rounds, 1000);
    TimerQueue::Id later;
    timers.at(world.now(), [&] { EXPECT_TRUE(timers.cancel(later)); });
    later = timers.at(world.now() + 1ms, [&] { world.note("never"); });
    EXPECT_TRUE(sleep(world, world, 1s));
    timers.stop();
  });
  EXPECT_EQ(world.story, Story{});
}

TEST(TimerQueue, StopDropsWhatIsStillToCome) {
  VirtualWorld world;
  TimerQueue timers(world, world);
  world.run([&] {
    timers.at(Instant{} + 1s, [&] { world.note("never"); });
    world.yield();
    timers.stop();
    timers.at(world.now(), [&] { world.note("never"); });
    EXPECT_EQ(timers.size(), 0u);
  });
  EXPECT_EQ(world.now(), Instant{});
  EXPECT_EQ(world.story, Story{});
}

TEST(Sync, ACrashUnwindsFibersInEveryKindOfWait) {
  VirtualWorld world;
  world.run([&] {
    Mutex mutex(world);
    Channel<int> channel(world, 1);
    Gate gate(world);
    Promise<int> promise(world);
    TimerQueue timers(world, world);
    Cancellation off(world);
    const auto held = mutex.lock().value();
    const auto never = [&](const char* name, std::function<void(Until)> wait) {
      world.spawn(name, [&, wait, name] {
        wait({Instant::never(), &off});
        world.note(name);
      });
    };
    never("mutex", [&](Until until) { (void)mutex.lock(until); });
    never("receive", [&](Until until) { (void)channel.receive(until); });
    never("gate", [&](Until until) { (void)gate.wait(until); });
    never("future", [&](Until until) { (void)promise.future().wait(until); });
    never("sleep", [&](Until until) { (void)sleep(world, world, 1h, until.cancellation); });
    timers.at(Instant{} + 1s, [&] { world.note("timer"); });
    EXPECT_TRUE(sleep(world, world, 1ms));
    world.engine.crash(*world.node);
    (void)sleep(world, world, 1ms);
    world.note("main");
  });
  EXPECT_EQ(world.story, Story{});
  EXPECT_EQ(world.node->live(), 0u);
}

}  // namespace
}  // namespace gantry::runtime::sync

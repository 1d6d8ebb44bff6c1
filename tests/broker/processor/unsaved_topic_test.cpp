#include <gtest/gtest.h>

#include "tests/broker/processor/desk.h"

// What a topic that cannot be saved costs, and whom.
namespace gantry::broker::processor {
namespace {

/// A disk that cannot write topics.json while there is a reason.
class StubbornDisk final : public runtime::Disk {
 public:
  explicit StubbornDisk(runtime::Disk& disk) : disk_(disk) {}
  std::optional<Error> reason;

  Result<std::unique_ptr<runtime::File>> open(std::string_view path, runtime::OpenMode mode) override {
    return disk_.open(path, mode);
  }
  Result<std::unique_ptr<runtime::MappedFile>> map(std::string_view path) override { return disk_.map(path); }
  Result<void> make_directories(std::string_view path) override { return disk_.make_directories(path); }
  Result<std::vector<runtime::DirectoryEntry>> list(std::string_view path) override {
    return disk_.list(path);
  }
  Result<void> rename(std::string_view from, std::string_view to) override {
    if (reason && to.ends_with("/topics.json")) return *reason;
    return disk_.rename(from, to);
  }
  Result<void> unlink(std::string_view path) override { return disk_.unlink(path); }
  Result<void> sync_directory(std::string_view path) override { return disk_.sync_directory(path); }
  Result<runtime::Space> space(std::string_view path) override { return disk_.space(path); }
  Result<std::unique_ptr<runtime::FileLock>> lock(std::string_view path) override { return disk_.lock(path); }
  Result<std::string> boot_id() override { return disk_.boot_id(); }

 private:
  runtime::Disk& disk_;
};

/// Runs `body` beside a broker with such a disk; Old and Other are topics that are saved.
void with_stubborn_disk(const std::function<void(StubbornDisk&, Desk&)>& body) {
  bool ended = false;
  sim::in_simulation([&](runtime::Runtime with) {
    StubbornDisk disk(with.disk);
    const runtime::Runtime runtime{with.clock, with.tasks, with.network, disk, with.random, with.events};
    Broker broker(runtime, test_config());
    ASSERT_TRUE(broker.start());
    Desk desk(runtime);
    EXPECT_EQ(desk.send("Old", "a").code, 0);
    EXPECT_EQ(desk.send("Other", "a").code, 0);
    body(disk, desk);
    desk.stop();
    broker.stop();
    ended = true;
  });
  EXPECT_TRUE(ended);
}

TEST(UnsavedTopic, RefusesItselfAndNoOther) {
  with_stubborn_disk([](StubbornDisk& disk, Desk& desk) {
    disk.reason = Errc::no_space;
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(desk.send("New", "a").code, number(ResponseCode::service_not_available));
      EXPECT_EQ(desk.send("Old", "a").code, 0);
    }
    disk.reason.reset();
    EXPECT_EQ(desk.send("New", "a").code, 0);
  });
}

TEST(UnsavedTopic, TellsWhatTheDiskSaid) {
  with_stubborn_disk([](StubbornDisk& disk, Desk& desk) {
    disk.reason = Error{Errc::busy, "Too many open files"};
    EXPECT_EQ(desk.send("New", "a").remark, "the topic cannot be saved: busy, Too many open files");
    EXPECT_EQ(desk.call(Desk::create_request("Newer", "4")).remark,
              "the topic cannot be saved: busy, Too many open files");
    disk.reason = Errc::no_space;
    EXPECT_EQ(desk.send("New", "a").remark, "the topic cannot be saved: no_space");
  });
}

// Of the new queues a crash would leave nothing, and of the messages in them.
TEST(UnsavedTopic, IsAlsoOneWhoseChangeCouldNotBeSaved) {
  with_stubborn_disk([](StubbornDisk& disk, Desk& desk) {
    disk.reason = Errc::io;
    EXPECT_EQ(desk.call(Desk::create_request("Old", "8")).code, number(ResponseCode::system_error));
    EXPECT_EQ(desk.send("Old", "a").code, number(ResponseCode::service_not_available));
    EXPECT_EQ(desk.send("Other", "a").code, 0);
    disk.reason.reset();
    EXPECT_EQ(desk.send("Old", "a").code, 0);
  });
}

}  // namespace
}  // namespace gantry::broker::processor

#include "runtime/asio/descriptor_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <memory>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/asio/node.h"

namespace gantry::runtime::asio {
namespace {

/// The soft limit of this process, for as long as this lives.
class SoftLimit {
 public:
  explicit SoftLimit(rlim_t soft) {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit lower{soft, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &lower), 0);
  }
  ~SoftLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  rlim_t hard() const { return before_.rlim_max; }

 private:
  rlimit before_{};
};

void in_node(const std::function<void(Runtime)>& body) {
  NodeOptions options;
  options.log.level = Level::error;
  Node::create(std::move(options)).value()->run(body);
}

/// A peer that connects and does nothing else: its descriptor is there before the process has no other.
class IdlePeer {
 public:
  IdlePeer() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {}
  ~IdlePeer() { ::close(fd_); }
  void connect(const Endpoint& to) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

 private:
  int fd_;
};

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST(DescriptorLimit, IsRaisedToTheHardOneWhichStays) {
  const SoftLimit low(200);
  EXPECT_EQ(descriptor_limit(), 200u);
  EXPECT_EQ(raise_descriptor_limit(), low.hard());
  rlimit now{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &now), 0);
  EXPECT_EQ(now.rlim_cur, low.hard());
  EXPECT_EQ(now.rlim_max, low.hard());
}

TEST(DescriptorLimit, EverybodyHasAShareAndTogetherTheyFit) {
  for (std::size_t limit = 0; limit < 20'000; ++limit)
    for (std::size_t servers = 1; servers <= 2; ++servers) {
      const DescriptorShares shares = shares_of(limit, servers);
      ASSERT_LE(shares.files + shares.lingering + shares.others + servers * shares.connections, limit);
      ASSERT_GE(16 * servers * (shares.connections + 1), 3 * limit) << limit;
    }
  EXPECT_EQ(shares_of(256).connections, 80u);
  EXPECT_EQ(shares_of(1024).connections, 608u);
  EXPECT_EQ(shares_of(1024, 2).connections, 304u);
  EXPECT_EQ(shares_of(11'041).connections, 9'999u);
  EXPECT_EQ(shares_of(11'042).connections, 10'000u);
  EXPECT_GT(shares_of(RLIM_INFINITY).connections, 10'000u);
}

TEST(DescriptorLimit, WithoutADescriptorAcceptIsBusyAndLaterItIsNot) {
  in_node([](Runtime runtime) {
    const auto listener = runtime.network.listen({"127.0.0.1", 0}).value();
    IdlePeer peer;
    peer.connect(listener->local());
    {
      const SoftLimit none(0);
      for (int i = 0; i < 3; ++i) {
        const auto refused = listener->accept();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::busy);
        EXPECT_EQ(std::string(refused.error().detail), "Too many open files");
      }
    }
    EXPECT_TRUE(listener->accept());
  });
}

TEST(DescriptorLimit, BeyondItsShareNoClosedStreamLingers) {
  in_node([](Runtime runtime) {
    const auto listener = runtime.network.listen({"127.0.0.1", 0}).value();
    IdlePeer peers[2];
    for (IdlePeer& peer : peers) peer.connect(listener->local());
    const auto stalled = [&] {
      auto connection = listener->accept().value();
      const std::string text(1 << 20, 'x');
      const Bytes much = as_bytes(text);
      while (connection->write_some(std::span(&much, 1)).value() > 0) {
      }
      return connection;
    };
    auto first = stalled();
    auto second = stalled();
    const auto open = open_descriptors();
    first->close();
    EXPECT_EQ(open_descriptors(), open) << "it lingers";
    {
      const SoftLimit low(15);
      second->close();
    }
    EXPECT_EQ(open_descriptors(), open - 1);
  });
}

}  // namespace
}  // namespace gantry::runtime::asio

#include <cstdlib>
#include <filesystem>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "runtime/asio/node.h"
#include "tests/contract/world.h"

namespace gantry::contract {

namespace {
/// Real files in a temporary folder, real sockets on loopback.
class AsioWorld final : public World {
 public:
  ~AsioWorld() override {
    for (const int fd : sockets_) ::close(fd);
    if (!root_.empty()) std::filesystem::remove_all(root_);
  }

  void run(Body body) override {
    std::string pattern = testing::TempDir() + "gantry-contract-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    asio::NodeOptions options;
    options.name = "contract";
    options.root = root_;
    options.log.level = Level::error;
    options.recorder = [this](std::string_view kind, std::string_view, std::span<const std::int64_t>) {
      ++seen_[std::string(kind)];
    };
    node_ = asio::Node::create(options).value();
    node_->run(std::move(body));
    for (const auto& [name, sum] : node_->counters()) seen_[name] += static_cast<int>(sum);
    node_.reset();
  }

  void crash() override {
    node_->request_stop();
    node_->request_stop();
  }
  std::map<std::string, int> seen() override { return seen_; }
  std::string host() override { return "127.0.0.1"; }
  std::string name() override { return "localhost"; }

  /// A listener whose queue is full: Linux then drops whoever wants to connect.
  Endpoint silence() override {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int listener = open_socket();
    EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener, 0), 0);
    EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    for (int i = 0; i < 4; ++i)
      (void)::connect(open_socket(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return {"127.0.0.1", ntohs(address.sin_port)};
  }

 private:
  int open_socket() {
    sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    return sockets_.back();
  }
  std::string root_;
  std::unique_ptr<asio::Node> node_;
  std::vector<int> sockets_;
  std::map<std::string, int> seen_;
};
}  // namespace

std::unique_ptr<World> make_asio_world() {
  return std::make_unique<AsioWorld>();
}

}  // namespace gantry::contract

// The floor of the benchmark: takes the frames of a load generator and answers each with a constant,
// through plain epoll, on one thread. No broker on these sockets can be faster; what one is slower is its
// own work. Usage: bench_floor PORT
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view answer_front =
    R"({"code":0,"extFields":{"msgId":"7F00000100002A9F0000000000000000","queueId":"0","queueOffset":"0",)"
    R"("MSG_REGION":"DefaultRegion","TRACE_ON":"true"},"flag":1,"language":"CPP","opaque":)";
constexpr std::string_view answer_back = R"(,"version":409})";
constexpr std::string_view opaque_name = "\"opaque\":";
constexpr std::size_t opaque_digits = 10;  // as mqbench writes it

struct Peer {
  std::vector<char> in = std::vector<char>(256 * 1024);
  std::size_t held = 0;
  std::string out;
};

std::uint32_t word_at(const char* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return ntohl(word);
}

void append_word(std::string& out, std::size_t value) {
  const std::uint32_t word = htonl(static_cast<std::uint32_t>(value));
  out.append(reinterpret_cast<const char*>(&word), sizeof word);
}

/// Answers a frame; false when it is not one of mqbench's with a JSON header.
bool answer(std::string_view header, std::string& out) {
  const std::size_t found = header.rfind(opaque_name);
  if (found == header.npos || header.size() - found < opaque_name.size() + opaque_digits) return false;
  const std::size_t size = answer_front.size() + opaque_digits + answer_back.size();
  append_word(out, 4 + size);
  append_word(out, size);
  out += answer_front;
  out += header.substr(found + opaque_name.size(), opaque_digits);
  out += answer_back;
  return true;
}

/// Takes all whole frames; false when the peer is to go.
bool take_frames(Peer& peer) {
  std::size_t at = 0;
  while (peer.held - at >= 8) {
    const std::size_t frame = 4 + std::size_t{word_at(peer.in.data() + at)};
    const std::size_t header = word_at(peer.in.data() + at + 4) & 0xFF'FFFF;
    if (frame < 8 + header || frame > 16u << 20) return false;
    if (peer.in.size() < frame) peer.in.resize(2 * frame);
    if (peer.held - at < frame) break;
    if (!answer({peer.in.data() + at + 8, header}, peer.out)) return false;
    at += frame;
  }
  std::memmove(peer.in.data(), peer.in.data() + at, peer.held - at);
  peer.held -= at;
  return true;
}

/// Reads what is there and answers it; false when the peer has gone.
bool serve(int fd, Peer& peer) {
  const ssize_t got = recv(fd, peer.in.data() + peer.held, peer.in.size() - peer.held, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) return false;
  peer.held += static_cast<std::size_t>(got);
  if (!take_frames(peer)) return false;
  // The generator reads what it is owed before it sends more, so this never blocks for long.
  for (std::size_t sent = 0; sent < peer.out.size();) {
    const ssize_t put = send(fd, peer.out.data() + sent, peer.out.size() - sent, MSG_NOSIGNAL);
    if (put < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (put > 0) sent += static_cast<std::size_t>(put);
  }
  peer.out.clear();
  return true;
}

int listen_at(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool up = bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                  listen(listener, 1024) == 0;
  return up ? listener : -1;
}

void watch(int epoll, int fd) {
  epoll_event interest{.events = EPOLLIN, .data = {.fd = fd}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest);
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc == 2 ? std::atoi(argv[1]) : 0;
  const int listener = port > 0 && port < 65536 ? listen_at(static_cast<std::uint16_t>(port)) : -1;
  if (listener < 0) {
    std::fprintf(stderr, "bench_floor: needs a free port as its one argument\n");
    return 1;
  }
  const int epoll = epoll_create1(0);
  watch(epoll, listener);
  std::map<int, Peer> peers;
  std::puts("boot success");
  std::fflush(stdout);
  for (std::array<epoll_event, 256> events;;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd != listener) {
        if (serve(fd, peers[fd])) continue;
        close(fd);
        peers.erase(fd);
        continue;
      }
      const int accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      if (accepted < 0) continue;
      const int on = 1;
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(epoll, accepted);
    }
  }
}

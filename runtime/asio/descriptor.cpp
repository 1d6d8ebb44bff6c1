#include "runtime/asio/descriptor.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/base/invariant.h"
#include "runtime/asio/descriptor_limit.h"

namespace gantry::runtime::asio {

namespace {
using boost::system::error_code;

constexpr auto linger_max = 5s;
// Of the process, as is the limit of descriptors: nobody else counts these.
std::atomic<std::size_t> lingering{0};

enum class Input : std::uint8_t { none_now, some_left, at_end };

/// Throws away what the peer has sent.
Input discard_input(int fd) {
  std::byte sink[16 * 1024];
  // A peer that sends without end does not hold us here.
  for (int turns = 0; turns < 64; ++turns) {
    const ssize_t got = ::recv(fd, sink, sizeof sink, 0);
    if (got < 0 && errno == EAGAIN) return Input::none_now;
    if (got == 0 || (got < 0 && errno != EINTR)) return Input::at_end;
  }
  return Input::some_left;
}

bool everything_sent(int fd) {
  int unsent = 0;
  return ::ioctl(fd, SIOCOUTQ, &unsent) != 0 || unsent == 0;
}
}  // namespace

Result<std::shared_ptr<Descriptor>> Descriptor::adopt(Reactor& reactor, int fd) {
  auto adopted = std::make_shared<Descriptor>(reactor, fd);
  if (auto added = reactor.poller().add(fd, *adopted); !added) return added.error();
  return adopted;
}

Descriptor::~Descriptor() {
  close_fd();
}

void Descriptor::close_fd() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));  // the poller forgets it with that
  if (linger_timer_ != nullptr) --lingering;
}

Result<void> Descriptor::await(Side side, Instant deadline) {
  State& state = sides_[static_cast<std::size_t>(side)];
  invariant(!state.wait.parked, "one fiber reads and one writes at a time");
  while (!state.ready && !closed_)
    if (!reactor_.suspend(state.wait, deadline)) return Errc::timed_out;
  if (closed_) return Errc::closed;
  return {};
}

void Descriptor::happened(unsigned what) {
  ended_ = ended_ || (what & ended) != 0;
  for (const Side side : {Side::input, Side::output}) {
    if ((what & (side == Side::input ? readable : writable)) == 0) continue;
    State& state = sides_[static_cast<std::size_t>(side)];
    state.ready = true;
    reactor_.resume(state.wait);
  }
  if (linger_timer_ != nullptr && (what & readable) != 0) linger();
}

void Descriptor::wake_both() {
  closed_ = true;
  for (State& state : sides_) reactor_.resume(state.wait);
}

void Descriptor::close() {
  if (closed_) return;
  wake_both();
  close_fd();
}

void Descriptor::close_stream() {
  if (closed_) return;
  // A crash is no farewell: the peer gets a reset, as from a process that was killed.
  if (reactor_.gone()) {
    const ::linger at_once{1, 0};
    ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return close();
  }
  // The kernel resets a stream that is closed with input unread or still coming, and forgets the
  // output. So the input is read and thrown away until the peer has taken the output.
  const Input input = discard_input(fd());
  const bool sent = everything_sent(fd());
  ::shutdown(fd(), SHUT_WR);
  if (input == Input::at_end || sent) return close();
  if (lingering >= shares_of(descriptor_limit()).lingering) return close();
  wake_both();
  begin_to_linger();
  if (input == Input::some_left) linger();
}

void Descriptor::begin_to_linger() {
  ++lingering;
  linger_timer_ = std::make_unique<boost::asio::steady_timer>(reactor_.io(), linger_max);
  linger_timer_->async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->close_fd();
  });
}

void Descriptor::linger() {
  if (fd_ < 0) return;
  switch (discard_input(fd())) {
    case Input::none_now: return;
    case Input::some_left: return reactor_.post([self = shared_from_this()] { self->linger(); });
    case Input::at_end: break;
  }
  linger_timer_->cancel();
  close_fd();
}

}  // namespace gantry::runtime::asio

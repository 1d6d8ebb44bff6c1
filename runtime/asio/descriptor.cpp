#include "runtime/asio/descriptor.h"

#include <cerrno>
#include <cstddef>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/base/invariant.h"

namespace gantry::runtime::asio {

namespace {
using boost::asio::posix::descriptor_base;
using boost::system::error_code;

constexpr auto linger_max = 5s;

/// Throws away what the peer has sent; false once there is nothing more to come.
bool discard_input(int fd) {
  std::byte sink[16 * 1024];
  // A peer that sends without end does not hold us here: what is left is met at the next event.
  for (int turns = 0; turns < 64; ++turns) {
    const ssize_t got = ::recv(fd, sink, sizeof sink, 0);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
  }
  return true;
}

bool everything_sent(int fd) {
  int unsent = 0;
  return ::ioctl(fd, SIOCOUTQ, &unsent) != 0 || unsent == 0;
}
}  // namespace

Result<std::shared_ptr<Descriptor>> Descriptor::adopt(Reactor& reactor, int fd) {
  auto adopted = std::make_shared<Descriptor>(reactor);
  error_code error;
  adopted->descriptor_.assign(fd, error);
  if (!error) return adopted;
  ::close(fd);
  return Error{Errc::busy, "no place in the reactor"};
}

Result<void> Descriptor::await(Side side, Instant deadline) {
  State& state = sides_[static_cast<std::size_t>(side)];
  invariant(!state.wait.parked, "one fiber reads and one writes at a time");
  state.ready = false;
  // A wait that timed out leaves the reactor armed: the next one finds it so, and nothing has to be
  // called off.
  if (!closed_ && !state.armed) arm(side);
  while (!state.ready && !closed_)
    if (!reactor_.suspend(state.wait, deadline)) return Errc::timed_out;
  if (closed_) return Errc::closed;
  return {};
}

void Descriptor::arm(Side side) {
  sides_[static_cast<std::size_t>(side)].armed = true;
  descriptor_.async_wait(side == Side::input ? descriptor_base::wait_read : descriptor_base::wait_write,
                         [self = shared_from_this(), side](const error_code&) { self->fired(side); });
}

void Descriptor::fired(Side side) {
  State& state = sides_[static_cast<std::size_t>(side)];
  state.armed = false;
  state.ready = true;
  if (linger_timer_ != nullptr && side == Side::input) linger();
  else reactor_.resume(state.wait);
}

void Descriptor::wake_both() {
  closed_ = true;
  for (State& state : sides_) reactor_.resume(state.wait);
}

void Descriptor::close() {
  if (closed_) return;
  wake_both();
  error_code ignored;  // the descriptor is gone either way
  descriptor_.close(ignored);
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
  const bool more = discard_input(fd());
  const bool sent = everything_sent(fd());
  ::shutdown(fd(), SHUT_WR);
  if (!more || sent) return close();
  wake_both();
  linger_timer_ = std::make_unique<boost::asio::steady_timer>(reactor_.io(), linger_max);
  linger_timer_->async_wait([self = shared_from_this()](const error_code& error) {
    error_code ignored;
    if (!error) self->descriptor_.close(ignored);
  });
  if (!sides_[static_cast<std::size_t>(Side::input)].armed) arm(Side::input);
}

void Descriptor::linger() {
  if (!descriptor_.is_open()) return;
  if (discard_input(fd())) return arm(Side::input);
  linger_timer_->cancel();
  error_code ignored;
  descriptor_.close(ignored);
}

}  // namespace gantry::runtime::asio

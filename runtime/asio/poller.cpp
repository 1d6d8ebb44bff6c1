#include "runtime/asio/poller.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

#include "model/base/invariant.h"
#include "runtime/asio/descriptor.h"
#include "runtime/asio/errors.h"

namespace gantry::runtime::asio {

namespace {
constexpr std::size_t events_per_call = 128;

unsigned sides_of(std::uint32_t events) {
  unsigned happened = 0;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) happened |= Descriptor::readable;
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) happened |= Descriptor::writable;
  if ((events & (EPOLLRDHUP | EPOLLERR)) != 0) happened |= Descriptor::ended;
  return happened;
}
}  // namespace

Poller::Poller(boost::asio::io_context& io) : epoll_(io, ::epoll_create1(EPOLL_CLOEXEC)) {}

Result<void> Poller::add(int fd, Descriptor& descriptor) {
  epoll_event interest{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &descriptor}};
  if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, fd, &interest) == 0) return {};
  return Error{Errc::busy, error_of(errno).detail};
}

std::size_t Poller::poll() {
  std::array<epoll_event, events_per_call> events;
  const int count = ::epoll_wait(epoll_.native_handle(), events.data(), events_per_call, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    static_cast<Descriptor*>(event.data.ptr)->happened(sides_of(event.events));
  }
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void Poller::watch() {
  if (watched_) return;
  watched_ = true;
  epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (!error) watched_ = false;
                    });
}

}  // namespace gantry::runtime::asio

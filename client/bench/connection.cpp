#include "client/bench/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gantry::client::bench {

namespace {
constexpr std::size_t input_bytes = 256 * 1024;
}  // namespace

LoadConnection::LoadConnection(Socket socket, const std::vector<SendFrame>& frames, std::uint32_t in_flight,
                               std::size_t first_queue)
    : socket_(std::move(socket)),
      frames_(frames),
      next_frame_(first_queue % frames.size()),
      slots_(in_flight),
      in_(input_bytes) {
  for (std::uint32_t slot = in_flight; slot-- > 0;) free_.push_back(slot);
}

std::int32_t LoadConnection::opaque_of(std::uint32_t slot, std::uint32_t use) {
  return SendFrame::opaque_min + static_cast<std::int32_t>((use % uses) << slot_bits | slot);
}

void LoadConnection::request(std::int64_t due_ns, std::int64_t born_ms, std::uint64_t& keys) {
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot = {due_ns, slot.use + 1, true};
  frames_[next_frame_].append_to(out_, opaque_of(index, slot.use), born_ms, keys);
  next_frame_ = next_frame_ + 1 == frames_.size() ? 0 : next_frame_ + 1;
}

Result<void> LoadConnection::flush() {
  while (sent_ < out_.size()) {
    const ssize_t sent = ::send(fd(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (sent >= 0) sent_ += static_cast<std::size_t>(sent);
    else if (errno == EAGAIN) return {};
    else if (errno != EINTR) return Error{Errc::reset, ::strerrordesc_np(errno)};
  }
  out_.clear();
  sent_ = 0;
  return {};
}

Result<std::size_t> LoadConnection::fill() {
  if (begin_ > 0) {
    std::copy(in_.begin() + static_cast<std::ptrdiff_t>(begin_),
              in_.begin() + static_cast<std::ptrdiff_t>(end_), in_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == in_.size()) in_.resize(in_.size() * 2);  // one long answer; frame_size() bounds it
  for (;;) {
    const ssize_t got = ::recv(fd(), in_.data() + end_, in_.size() - end_, 0);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      return static_cast<std::size_t>(got);
    }
    if (got == 0) return Error{Errc::closed, "the broker closed the connection"};
    if (errno == EAGAIN) return std::size_t{0};
    if (errno != EINTR) return Error{Errc::reset, ::strerrordesc_np(errno)};
  }
}

Result<std::int64_t> LoadConnection::release(std::int32_t opaque) {
  const auto number = static_cast<std::uint32_t>(opaque - SendFrame::opaque_min);
  const std::uint32_t index = number & ((1u << slot_bits) - 1);
  if (opaque < SendFrame::opaque_min || index >= slots_.size() || !slots_[index].taken ||
      opaque_of(index, slots_[index].use) != opaque)
    return Error{Errc::invalid, "an answer to a request that was never sent, or a second one"};
  slots_[index].taken = false;
  free_.push_back(index);
  return slots_[index].due_ns;
}

}  // namespace gantry::client::bench

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/bench/frames.h"
#include "client/bench/socket.h"

namespace gantry::client::bench {

/// One connection with a fixed number of places for requests that wait for their answers. The caller says
/// when the socket may be read or written, and nothing here blocks.
class LoadConnection {
 public:
  /// An answer and the moment that its request counts from.
  struct Answered {
    Answer answer;
    std::int64_t due_ns;
  };

  /// `frames` are those of the broker's queues, which are used in turn. They must outlive the connection.
  LoadConnection(Socket socket, const std::vector<SendFrame>& frames, std::uint32_t in_flight,
                 std::size_t first_queue);

  /// The socket, to wait for.
  int fd() const { return socket_.fd(); }
  /// Whether there is a free place for a request.
  bool has_room() const { return !free_.empty(); }
  /// Whether flush() has left something, so that the caller has to wait until the socket may be written.
  bool blocked() const { return sent_ < out_.size(); }

  /// Takes a place for one more request, and adds the request to what the next flush() sends. There must be
  /// room: see has_room().
  void request(std::int64_t due_ns, std::int64_t born_ms, std::uint64_t& keys);
  /// Sends as much as fits. Errors: `reset`.
  Result<void> flush();
  /// Reads what is there and gives each answer to `take`. Errors: `closed`, `reset`, and `invalid` (something
  /// that is no frame, or an answer to no request of ours).
  template <class Take>
  Result<void> receive(Take take);

 private:
  struct Slot {
    std::int64_t due_ns = 0;
    std::uint32_t use = 0;  // how often it was taken; part of the opaque, so that a stray answer shows
    bool taken = false;
  };
  static constexpr std::uint32_t slot_bits = 16;
  static constexpr std::uint32_t uses = 16 * 1024;

  Result<std::size_t> fill();
  Result<std::int64_t> release(std::int32_t opaque);
  static std::int32_t opaque_of(std::uint32_t slot, std::uint32_t use);

  Socket socket_;
  const std::vector<SendFrame>& frames_;
  std::size_t next_frame_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  Buffer out_;
  std::size_t sent_ = 0;
  Buffer in_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  model::protocol::CommandView view_;
};

template <class Take>
Result<void> LoadConnection::receive(Take take) {
  // A read that did not fill the buffer has most likely taken everything.
  for (bool more = true; more;) {
    const auto got = fill();
    if (!got) return got.error();
    more = *got != 0 && end_ == in_.size();
    for (;;) {
      const Bytes rest = Bytes(in_).subspan(begin_, end_ - begin_);
      const auto size = model::protocol::frame_size(rest);
      if (!size) return size.error();
      if (!*size || **size > rest.size()) break;
      const auto answer = read_answer(rest.first(**size), view_);
      if (!answer) return answer.error();
      const auto due = release(answer->opaque);
      if (!due) return due.error();
      take(Answered{*answer, *due});
      begin_ += **size;
    }
  }
  return {};
}

}  // namespace gantry::client::bench

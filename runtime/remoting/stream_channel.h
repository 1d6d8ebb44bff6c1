#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "runtime/remoting/channel.h"
#include "runtime/remoting/dispatch.h"
#include "runtime/remoting/hub.h"
#include "runtime/remoting/output_queue.h"
#include "runtime/remoting/receive_buffer.h"
#include "runtime/sync/wait.h"

namespace gantry::runtime::remoting {

/// A Channel over one Connection.
///
///     connection --serve()--> frames --> handlers, or done of the request that it answers
///     respond(), request() --> output_ --flush(), at the end of the turn--> connection
///                                      \-- what does not fit: drain(), a fiber while it lasts
///
/// Invariant: every request of ours is in pending_ until its `done` is called, and a channel that
/// has left serve() has none.
class StreamChannel final : public Channel, public std::enable_shared_from_this<StreamChannel> {
 public:
  /// What a request's time-out says about the peer.
  enum class Silence : std::uint8_t {
    ignored,
    closes,  ///< nothing at all arrived since it was sent: the peer may be half-open, so close
  };

  StreamChannel(std::shared_ptr<Hub> hub, std::unique_ptr<Connection> connection, Silence silence);
  ~StreamChannel() override;

  ChannelId id() const override { return id_; }
  Endpoint peer() const override { return peer_; }
  Endpoint local() const override { return local_; }
  bool open() const override { return open_; }
  void close() override { close_for(Errc::closed); }
  void respond(std::int32_t opaque, SerializeType type, Command response) override;
  void one_way(Command request) override;
  void request(Command request, Instant deadline, Done done) override;
  Result<Command> call(Command request, Instant deadline) override;

  /// Reads until the channel closes, then fails what waits. The body of its reading fiber; once.
  void serve(const Dispatch& dispatch, const std::vector<model::protocol::RequestCode>& except);
  /// Hands over what it can. Called by the hub.
  void flush();
  /// What it holds of input and output, as the hub counts it; nothing once it is closed.
  std::size_t held_bytes() const { return held_bytes_; }
  /// All connections together hold too much, and this one the most of it.
  void close_for_room();
  /// Whether the peer has ever answered a request of ours.
  bool answered_once() const { return answered_once_; }

 private:
  struct Pending {
    Done done;
    sync::TimerQueue::Id timer;
    Instant sent_at;
  };

  /// Waits for bytes until the connection was idle, or its frame unfinished, for too long.
  Result<void> fill();
  Instant idle_at() const;
  /// When the frame that has begun has taken too long; never while none has.
  Instant frame_late_at() const;
  Result<void> handle_frames(const Dispatch& dispatch,
                             const std::vector<model::protocol::RequestCode>& except);
  void answered(const CommandView& response);
  void timed_out(std::int32_t opaque);
  Result<void> send_answer(std::int32_t opaque, SerializeType type, Command response);
  /// Errors: `too_large`, when it does not fit a frame. What a closed channel swallows is no error.
  Result<void> send(Command command, SerializeType type);
  /// Fails a request of ours that was not sent.
  void give_up(std::int32_t opaque, Errc why);
  /// Writes until nothing is left or nothing fits; true when it wrote something.
  Result<bool> write_output();
  void drain();
  /// Tells the hub what this channel holds now. May close it.
  void count_held();
  /// Whether the peer has to take output before more of its frames are handled.
  bool crowded() const;
  bool has_room() const;
  /// After each write: the reader waits for this alone, without a deadline.
  void wake_reader_if_room();
  Result<void> await_room();
  /// Why a channel closes, where that is worth a count and a log line.
  enum class Cause : std::uint8_t { ordinary, idle, slow_frame, bad_frame, stalled, silent, no_room };
  Error blame(Cause cause, Error why);
  /// Closes, and reports the cause unless it is ordinary.
  void close_for(Error why);
  void report(const Error& why);
  void finish();
  void release_connection();

  std::shared_ptr<Hub> hub_;
  std::unique_ptr<Connection> connection_;  // gone when neither fiber uses it any more
  const ChannelId id_;
  const Endpoint peer_;
  const Endpoint local_;
  const Silence silence_;

  bool open_ = true;
  bool reading_ = true;    // serve() has not ended
  bool draining_ = false;  // a fiber waits until the peer takes more
  bool dirty_ = false;     // the hub is going to call flush()
  bool answered_once_ = false;
  Cause cause_ = Cause::ordinary;
  Instant received_at_;
  Instant sent_at_;
  Instant frame_begun_at_;  // while input_ is not empty
  std::size_t held_bytes_ = 0;

  ReceiveBuffer input_;
  CommandView view_;
  OutputQueue output_;
  sync::WaitList room_;  // the reader, while the peer takes too little
  std::map<std::int32_t, Pending> pending_;
};

}  // namespace gantry::runtime::remoting

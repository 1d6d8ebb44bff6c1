#include "runtime/remoting/stream_channel.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/log.h"
#include "runtime/sync/future.h"

namespace gantry::runtime::remoting {

using model::protocol::RequestCode;
using model::protocol::ResponseCode;

namespace {
// A large receive buffer is given back when nothing has arrived for so long.
constexpr Duration buffer_kept = 1s;
// So many requests of one connection are handled before others have their turn: one read may bring
// thousands, and some of them cost much.
constexpr unsigned frames_per_turn = 128;
}  // namespace

StreamChannel::StreamChannel(std::shared_ptr<Hub> hub, std::unique_ptr<Connection> connection,
                             Silence silence)
    : hub_(std::move(hub)),
      connection_(std::move(connection)),
      id_(hub_->next_channel()),
      peer_(connection_->peer()),
      local_(connection_->local()),
      silence_(silence),
      received_at_(hub_->runtime().clock.now()),
      sent_at_(received_at_),
      frame_begun_at_(received_at_) {
  hub_->add(*this);
}

StreamChannel::~StreamChannel() {
  open_ = false;
  count_held();
  hub_->remove(*this);
}

// ---- output

void StreamChannel::respond(std::int32_t opaque, SerializeType type, Command response) {
  if (send_answer(opaque, type, std::move(response))) return;
  // A frame that is too long would end the connection, and with it all that waits there.
  hub_->runtime().events.count("remoting.answer-too-large", 1);
  const Command refusal = Command::response(ResponseCode::system_error, "the answer does not fit a frame");
  const auto sent = send_answer(opaque, type, refusal);
  invariant(sent.has_value(), "a refusal fits a frame");
}

Result<void> StreamChannel::send_answer(std::int32_t opaque, SerializeType type, Command response) {
  response.opaque = opaque;
  response.flag = model::protocol::flag_response;
  response.version = model::protocol::announced_version;  // also when it was passed on from elsewhere
  return send(std::move(response), type);
}

void StreamChannel::one_way(Command request) {
  request.opaque = hub_->next_opaque();
  request.flag = model::protocol::flag_oneway;
  if (!send(std::move(request), SerializeType::json))
    hub_->runtime().events.count("remoting.request-too-large", 1);
}

Result<void> StreamChannel::send(Command command, SerializeType type) {
  if (!open_) return {};
  if (auto appended = output_.append(std::move(command), type); !appended) return appended;
  if (output_.bytes() > hub_->options().output_close_bytes) {
    close_for(blame(Cause::stalled, Errc::too_large));
    return {};
  }
  // What the peer takes at once need not be held until the end of the turn.
  if (hub_->tight()) flush();
  count_held();
  if (!open_ || dirty_ || draining_) return {};
  dirty_ = true;
  hub_->flush_soon(shared_from_this());
  return {};
}

Result<bool> StreamChannel::write_output() {
  bool wrote = false;
  while (!output_.empty()) {
    const std::vector<Bytes>& pieces = output_.front();
    std::size_t offered = 0;
    for (const Bytes& piece : pieces) offered += piece.size();
    const Result<std::size_t> taken = connection_->write_some(pieces);
    if (!taken) return taken.error();
    output_.consume(*taken);
    wrote = wrote || *taken > 0;
    if (*taken < offered) break;
  }
  if (wrote) sent_at_ = hub_->runtime().clock.now();
  count_held();
  return wrote;
}

void StreamChannel::flush() {
  dirty_ = false;
  if (!open_ || draining_) return;
  if (const auto wrote = write_output(); !wrote) return close_for(wrote.error());
  wake_reader_if_room();
  if (output_.empty()) return;
  draining_ = true;
  hub_->fibers().spawn("remoting.drain", [self = shared_from_this()] { self->drain(); });
}

void StreamChannel::drain() {
  Instant progress_at = hub_->runtime().clock.now();
  while (open_ && !output_.empty()) {
    const Result<void> writable = connection_->await_writable(progress_at + hub_->options().write_stall_max);
    if (!open_) break;
    if (!writable) {
      const bool stalled = writable.error().code == Errc::timed_out;
      close_for(stalled ? blame(Cause::stalled, writable.error()) : writable.error());
      break;
    }
    const Result<bool> wrote = write_output();
    if (!wrote) {
      close_for(wrote.error());
      break;
    }
    if (*wrote) progress_at = hub_->runtime().clock.now();
    wake_reader_if_room();
  }
  draining_ = false;
  release_connection();
}

void StreamChannel::count_held() {
  const std::size_t before = std::exchange(held_bytes_, open_ ? input_.capacity() + output_.bytes() : 0);
  hub_->held(static_cast<std::int64_t>(held_bytes_) - static_cast<std::int64_t>(before));
}

bool StreamChannel::crowded() const {
  return output_.bytes() > hub_->options().output_pause_bytes || (hub_->tight() && !output_.empty());
}

bool StreamChannel::has_room() const {
  return output_.empty() || (output_.bytes() <= hub_->options().output_pause_bytes / 2 && !hub_->tight());
}

void StreamChannel::wake_reader_if_room() {
  if (has_room()) room_.wake_all(hub_->runtime().tasks);
}

// ---- requests of ours

void StreamChannel::request(Command request, Instant deadline, Done done) {
  const auto fail = [&](Errc why) { hub_->soon([done = std::move(done), why] { done(Error(why)); }); };
  if (!open_) return fail(hub_->stopping() ? Errc::stopped : Errc::closed);
  if (pending_.size() >= hub_->options().pending_max) return fail(Errc::busy);

  std::int32_t opaque = hub_->next_opaque();
  while (pending_.contains(opaque)) opaque = hub_->next_opaque();
  Pending pending{std::move(done), {}, hub_->runtime().clock.now()};
  // The action may hold `this`: finish() and the answer cancel it, and after a crash it never runs.
  if (deadline != Instant::never())
    pending.timer = hub_->timers().at(deadline, [this, opaque] { timed_out(opaque); });
  pending_.emplace_hint(pending_.end(), opaque, std::move(pending));

  request.opaque = opaque;
  request.flag = 0;
  if (!send(std::move(request), SerializeType::json)) give_up(opaque, Errc::too_large);
}

void StreamChannel::give_up(std::int32_t opaque, Errc why) {
  const auto found = pending_.find(opaque);
  hub_->timers().cancel(found->second.timer);
  hub_->soon([done = std::move(found->second.done), why] { done(Error(why)); });
  pending_.erase(found);
}

Result<Command> StreamChannel::call(Command request, Instant deadline) {
  const auto promise = std::make_shared<sync::Promise<Command>>(hub_->runtime().tasks);
  this->request(std::move(request), deadline,
                [promise](Result<Command> answer) { promise->set(std::move(answer)); });
  return promise->future().get();
}

void StreamChannel::answered(const CommandView& response) {
  const auto found = pending_.find(response.opaque);
  if (found == pending_.end()) {
    hub_->runtime().events.count("remoting.late-answer", 1);
    return;
  }
  answered_once_ = true;
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  hub_->timers().cancel(pending.timer);
  pending.done(response.to_command());
}

void StreamChannel::timed_out(std::int32_t opaque) {
  const auto found = pending_.find(opaque);
  if (found == pending_.end()) return;
  // `done` may let go of everything that held this channel.
  const auto self = shared_from_this();
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  if (silence_ == Silence::closes && received_at_ <= pending.sent_at)
    close_for(blame(Cause::silent, Errc::timed_out));
  pending.done(Errc::timed_out);
}

// ---- input

void StreamChannel::serve(const Dispatch& dispatch, const std::vector<RequestCode>& except) {
  while (open_) {
    Result<void> turn = fill();
    if (turn) turn = handle_frames(dispatch, except);
    if (turn) {
      // The others have their turn, and the hub hands over what this one has answered.
      hub_->runtime().tasks.yield();
      turn = await_room();
    }
    if (turn) continue;
    // A crash found us awake: nothing of what follows an ordinary end may happen.
    if (turn.error().code == Errc::gone) hub_->runtime().tasks.park();
    close_for(turn.error());
  }
  finish();
}

Instant StreamChannel::idle_at() const {
  return std::max(received_at_, sent_at_) + hub_->options().idle_max;
}

Instant StreamChannel::frame_late_at() const {
  return input_.empty() ? Instant::never() : frame_begun_at_ + hub_->options().idle_max;
}

Result<void> StreamChannel::fill() {
  const Clock& clock = hub_->runtime().clock;
  for (;;) {
    // Not only after a time-out: who sends a byte now and then never lets one happen.
    if (clock.now() >= frame_late_at()) return blame(Cause::slow_frame, Errc::timed_out);
    const auto room = hub_->tight() ? ReceiveBuffer::Room::tight : ReceiveBuffer::Room::ample;
    const std::span<std::byte> space = input_.space(room);
    count_held();
    if (!open_) return Errc::closed;
    Instant deadline = std::min(idle_at(), frame_late_at());
    if (input_.worth_shrinking()) deadline = std::min(deadline, clock.now() + buffer_kept);
    const Result<std::size_t> got = connection_->read_some(space, deadline);
    if (got) {
      received_at_ = clock.now();
      if (input_.empty()) frame_begun_at_ = received_at_;
      input_.commit(*got);
      return {};
    }
    if (got.error().code != Errc::timed_out) return got.error();
    if (input_.worth_shrinking()) input_.shrink_to_fit();
    output_.release_spare();
    if (clock.now() >= idle_at()) return blame(Cause::idle, Errc::timed_out);
  }
}

Result<void> StreamChannel::handle_frames(const Dispatch& dispatch, const std::vector<RequestCode>& except) {
  const std::shared_ptr<Channel> self = shared_from_this();
  unsigned handled = 0;
  while (open_) {
    // Frame by frame: one read may bring thousands of small requests, each for a large answer.
    if (auto room = await_room(); !room) return room;
    const auto size = model::protocol::frame_size(input_.data());
    if (!size) return blame(Cause::bad_frame, size.error());
    if (!*size || **size > input_.data().size()) {
      if (handled > 0) frame_begun_at_ = hub_->runtime().clock.now();
      return {};
    }
    if (const auto decoded = decode(input_.data().first(**size), view_); !decoded)
      return blame(Cause::bad_frame, decoded.error());
    if (view_.is_response()) answered(view_);
    else dispatch(view_, {self, id_, peer_, received_at_}, except);
    input_.consume(**size);
    if (++handled % frames_per_turn == 0) hub_->runtime().tasks.yield();
  }
  return {};
}

Result<void> StreamChannel::await_room() {
  if (!crowded()) return {};
  hub_->runtime().events.probe("remoting.reading-paused");
  while (open_ && !has_room())
    if (auto waited = room_.wait(hub_->runtime().tasks, {}); !waited) return waited;
  frame_begun_at_ = hub_->runtime().clock.now();
  return {};
}

// ---- the end

void StreamChannel::close_for(Error why) {
  if (!open_) return;
  const bool broken = why.code == Errc::reset || cause_ == Cause::stalled || cause_ == Cause::no_room;
  open_ = false;
  // What was answered before the close still leaves, as far as it fits; after it, nothing matters.
  // A write that took a part may take more at once: it says that it is full by taking nothing.
  for (bool more = !broken && !draining_; more;) {
    const Result<bool> wrote = write_output();
    more = wrote && *wrote;
  }
  report(why);
  connection_->close();
  output_.clear();
  count_held();
  room_.wake_all(hub_->runtime().tasks);
}

void StreamChannel::close_for_room() {
  close_for(blame(Cause::no_room, Errc::too_large));
}

Error StreamChannel::blame(Cause cause, Error why) {
  if (open_) cause_ = cause;
  return why;
}

void StreamChannel::report(const Error& why) {
  struct Words {
    const char* metric;
    const char* text;
    Level level;
  };
  const auto words = [](Cause cause) -> std::optional<Words> {
    switch (cause) {
      case Cause::ordinary: return std::nullopt;
      case Cause::idle: return Words{"remoting.idle", "nothing read or written for too long", Level::info};
      case Cause::slow_frame:
        return Words{"remoting.slow-frame", "a frame did not come whole in time", Level::warn};
      case Cause::no_room:
        return Words{"remoting.no-room", "it holds the most of what all connections hold, which is too much",
                     Level::warn};
      case Cause::bad_frame: return Words{"remoting.bad-frame", "bad frame", Level::warn};
      case Cause::stalled: return Words{"remoting.stalled", "the peer does not read", Level::warn};
      case Cause::silent: return Words{"remoting.silent", "no answer and no other sign of life", Level::warn};
    }
    return std::nullopt;
  }(cause_);
  if (!words) return;
  hub_->runtime().events.count(words->metric, 1);
  const std::string_view more = why.detail;
  log(hub_->runtime().events, words->level, "remoting: closed {}: {}{}{}", peer_, words->text,
      more.empty() ? "" : ": ", more);
}

void StreamChannel::finish() {
  reading_ = false;
  input_ = ReceiveBuffer();
  output_.clear();
  release_connection();
  const Errc why = hub_->stopping() ? Errc::stopped : Errc::closed;
  for (auto waiting = std::exchange(pending_, {}); auto& [opaque, pending] : waiting) {
    hub_->timers().cancel(pending.timer);
    pending.done(why);
  }
}

void StreamChannel::release_connection() {
  if (!reading_ && !draining_) connection_.reset();
}

}  // namespace gantry::runtime::remoting

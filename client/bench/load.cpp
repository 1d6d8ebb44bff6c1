#include "client/bench/load.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace gantry::client::bench {

namespace {
constexpr std::int64_t second = 1'000'000'000;
// Closer than this, waiting in the kernel would wake up late.
constexpr std::int64_t poll_ahead = 60'000;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}
std::int64_t ns(double seconds) {
  return static_cast<std::int64_t>(seconds * static_cast<double>(second));
}
double own_cpu_s() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}
}  // namespace

Load::Load(const Options& options) : options_(options), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
Load::~Load() = default;

std::optional<std::string> Load::connect(const std::vector<Target>& targets) {
  for (const Target& target : targets) {
    std::vector<SendFrame> frames;
    for (const std::int32_t queue : target.queues) frames.emplace_back(options_, queue, target.broker_name);
    frames_.push_back(std::make_unique<const std::vector<SendFrame>>(std::move(frames)));
  }
  for (std::uint32_t i = 0; i < options_.connections; ++i) {
    const std::size_t at = i % targets.size();
    const Endpoint& broker = targets[at].broker;
    auto socket = connect_to(broker, options_.timeout_s);
    if (!socket) return trouble_with("broker", broker, socket.error());
    epoll_event interest{.events = EPOLLIN, .data = {.u32 = i}};
    if (::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, socket->fd(), &interest) != 0)
      return std::string("epoll: ") + ::strerrordesc_np(errno);
    connections_.push_back(std::make_unique<LoadConnection>(std::move(*socket), *frames_[at],
                                                            options_.in_flight, i / targets.size()));
  }
  return std::nullopt;
}

/// One run: its clock, its counters, and what is to be sent next.
class Load::Run {
 public:
  Run(Load& load, const Progress& progress) : load_(load), options_(load.options_), progress_(progress) {}

  Measured measure(const std::atomic<bool>& stop) {
    start_ = period_from_ = heard_at_ = now_ns();
    measure_from_ = start_ + ns(options_.warm_up_s);
    end_ = measure_from_ + ns(options_.seconds);
    period_.warm_up = options_.warm_up_s > 0;
    if (options_.rate > 0) interval_ = static_cast<double>(second) / requests_per_second(options_);
    else
      for (auto& connection : load_.connections_) refill(*connection, start_);
    for (std::int64_t now = now_ns(); now < end_ && !stop && result_.broken_off.empty(); now = now_ns()) {
      if (open_loop()) send_due(now);
      keep_time(now);
      serve(pause(now));
    }
    finish();
    return std::move(result_);
  }

 private:
  bool open_loop() const { return interval_ > 0; }

  // ---- sending

  void refill(LoadConnection& connection, std::int64_t now) {
    while (connection.has_room()) request(connection, now, now);
    flush(connection);
  }

  /// Everything that is due and finds a free place.
  void send_due(std::int64_t now) {
    note_backlog(now);  // as it has become, before places that are free again take it up
    auto& connections = load_.connections_;
    std::size_t full = 0;
    for (; due_at(issued_) <= now && full < connections.size();) {
      LoadConnection& connection = *connections[next_];
      next_ = next_ + 1 == connections.size() ? 0 : next_ + 1;
      if (!connection.has_room()) {
        ++full;
        continue;
      }
      full = 0;
      request(connection, due_at(issued_++), now);
    }
    for (auto& connection : connections) flush(*connection);
    short_of_room_ = behind(now) > 0;
  }

  /// What is due counts as backlog only once it has found no free place.
  void note_backlog(std::int64_t now) {
    if (short_of_room_) period_.behind = std::max(period_.behind, behind(now));
  }

  void request(LoadConnection& connection, std::int64_t due_ns, std::int64_t now) {
    if (waiting_++ == 0) heard_at_ = now;
    connection.request(due_ns, born_ms(now), keys_);
  }

  std::int64_t due_at(std::uint64_t request) const {
    return start_ + static_cast<std::int64_t>(static_cast<double>(request) * interval_);
  }
  std::uint64_t behind(std::int64_t now) const {
    if (!open_loop()) return 0;
    const auto due = static_cast<std::uint64_t>(static_cast<double>(now - start_) / interval_) + 1;
    return due > issued_ ? due - issued_ : 0;
  }

  void flush(LoadConnection& connection) {
    const bool was_blocked = connection.blocked();
    if (const auto flushed = connection.flush(); !flushed) return break_off(flushed.error());
    if (connection.blocked() != was_blocked) watch(connection);
  }
  void watch(LoadConnection& connection) {
    std::uint32_t index = 0;
    while (load_.connections_[index].get() != &connection) ++index;
    const std::uint32_t events = EPOLLIN | (connection.blocked() ? EPOLLOUT : 0u);
    epoll_event interest{.events = events, .data = {.u32 = index}};
    ::epoll_ctl(load_.epoll_.fd(), EPOLL_CTL_MOD, connection.fd(), &interest);
  }

  /// The wall time in milliseconds, read again when the other clock has moved on by as much.
  std::int64_t born_ms(std::int64_t now) {
    if (now - born_read_at_ >= 1'000'000) {
      born_read_at_ = now;
      born_ms_ = wall_ns() / 1'000'000;
    }
    return born_ms_;
  }

  // ---- receiving

  /// How long the sockets may be waited for.
  timespec pause(std::int64_t now) const {
    std::int64_t wait = std::min(end_ - now, second / 10);
    if (open_loop() && behind(now) == 0) wait = std::min(wait, due_at(issued_) - now - poll_ahead);
    if (options_.spin || wait < 0) wait = 0;
    return {wait / second, wait % second};
  }

  void serve(timespec wait) {
    std::array<epoll_event, 256> events;
    const int count =
        ::epoll_pwait2(load_.epoll_.fd(), events.data(), static_cast<int>(events.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
      LoadConnection& connection = *load_.connections_[events[static_cast<std::size_t>(i)].data.u32];
      const std::int64_t now = now_ns();
      const auto received =
          connection.receive([&](const LoadConnection::Answered& answered) { take(answered, now); });
      if (!received) return break_off(received.error());
      if (!open_loop() && !draining_) refill(connection, now);
      else flush(connection);
    }
  }

  void take(const LoadConnection::Answered& answered, std::int64_t now) {
    heard_at_ = now;
    --waiting_;
    if (answered.answer.code != 0) {
      ++period_.failed;
      Failures& failures = result_.failures[answered.answer.code];
      if (failures.count++ == 0) failures.remark = answered.answer.remark;
      return;
    }
    // A request belongs to the time in which it was due; what the warm-up left behind counts nowhere.
    if (answered.due_ns < measure_from_ && !period_.warm_up) return;
    ++period_.requests;
    period_.messages += options_.batch;
    period_.latency.record(now - answered.due_ns);
  }

  // ---- time

  void keep_time(std::int64_t now) {
    if (waiting_ != 0 && now - heard_at_ > ns(options_.timeout_s)) {
      return break_off({Errc::timed_out, "no answer for longer than --timeout"});
    }
    const std::int64_t until =
        period_.warm_up ? std::min(period_from_ + second, measure_from_) : period_from_ + second;
    if (now >= until) close_period(now);
  }

  void close_period(std::int64_t now) {
    period_.from_s = static_cast<double>(period_from_ - start_) / second;
    period_.seconds = static_cast<double>(now - period_from_) / second;
    note_backlog(now);
    progress_(period_);
    if (!period_.warm_up) add_to_total(period_);
    const bool warm_up_ends = period_.warm_up && now >= measure_from_;
    if (warm_up_ends) {
      measure_from_ = now;
      cpu_from_s_ = own_cpu_s();
    }
    result_.periods.push_back(std::exchange(period_, {}));
    period_.warm_up = result_.periods.back().warm_up && !warm_up_ends;
    period_from_ = now;
  }
  void add_to_total(const Period& period) {
    Period& total = result_.total;
    total.from_s = static_cast<double>(measure_from_ - start_) / second;
    total.seconds += period.seconds;
    total.requests += period.requests;
    total.messages += period.messages;
    total.failed += period.failed;
    total.behind = std::max(total.behind, period.behind);
    total.latency.add(period.latency);
  }

  /// Waits for what is under way. Its latencies count in the open loop, where they are those of requests
  /// that were due in time; its answers do not, for they came after the time was over.
  void finish() {
    const std::int64_t now = now_ns();
    close_period(now);
    result_.own_cpu_share =
        result_.total.seconds > 0 ? (own_cpu_s() - cpu_from_s_) / result_.total.seconds : 0;
    draining_ = true;
    const std::int64_t until = now + ns(options_.timeout_s);
    while (waiting_ != 0 && result_.broken_off.empty() && now_ns() < until) serve({0, second / 100});
    if (open_loop()) result_.total.latency.add(period_.latency);
    result_.total.failed += period_.failed;
    result_.unanswered = waiting_;
  }

  void break_off(const Error& why) {
    if (!result_.broken_off.empty()) return;
    result_.broken_off = why.detail[0] != '\0' ? why.detail : std::string(name_of(why.code));
  }

  Load& load_;
  const Options& options_;
  const Progress& progress_;
  Measured result_;
  Period period_;
  std::int64_t start_ = 0, measure_from_ = 0, end_ = 0, period_from_ = 0, heard_at_ = 0;
  double cpu_from_s_ = own_cpu_s();
  double interval_ = 0;        // ns between requests of the open loop; 0: closed
  std::uint64_t issued_ = 0;   // requests of the open loop
  std::uint64_t waiting_ = 0;  // requests under way
  std::size_t next_ = 0;       // whose turn it is
  std::uint64_t keys_ = static_cast<std::uint64_t>(wall_ns());
  std::int64_t born_read_at_ = -second, born_ms_ = 0;
  bool draining_ = false;
  bool short_of_room_ = false;  // open loop: something was due and found no free place
};

Measured Load::run(const Progress& progress, const std::atomic<bool>& stop) {
  return Run(*this, progress).measure(stop);
}

}  // namespace gantry::client::bench

#include "broker/registration/registration.h"

#include <algorithm>

#include "broker/config/addresses.h"
#include "broker/registration/report.h"
#include "model/protocol/bodies/lists.h"
#include "runtime/log.h"
#include "runtime/sync/future.h"

namespace gantry::broker::registration {
namespace {

using namespace std::chrono_literals;
using model::protocol::Command;
using runtime::Duration;
using runtime::Instant;
using runtime::Level;
using runtime::sync::Promise;
using runtime::sync::Until;

/// How long an admin's request may wait for a NameServer that answered so far.
constexpr Duration quick = 1s;
/// After trouble: at once, then this, doubled up to the maximum; anew after a quiet while.
constexpr Duration back_off_min = 250ms;
constexpr Duration back_off_max = 2s;
constexpr Duration quiet = 30s;

}  // namespace

struct Registration::Link {
  runtime::Endpoint at;
  bool wanted = true;      // namesrvAddr names it
  std::uint64_t told = 0;  // the change that its last good answer covers
  bool slow = false;       // its last answer was late or none: nobody waits for it
  bool trouble = false;    // a report failed, or the connection was lost: it may know nothing
  Duration back_off{0};
  Instant trouble_at{INT64_MIN / 2};
  runtime::Complaint unregistered;
  runtime::sync::WaitList wake;
};

Registration::Registration(runtime::Runtime runtime, const config::BrokerConfig& config,
                           topics::TopicTable& topics)
    : runtime_(runtime),
      config_(config),
      topics_(topics),
      client_(runtime, {.back_off_max = back_off_max}),
      stop_(runtime.tasks),
      fibers_(runtime.tasks) {
  client_.on_close([this](const runtime::Endpoint& at) {
    const auto found = links_.find(at);
    if (found == links_.end()) return;
    found->second->trouble = true;
    found->second->wake.wake_all(runtime_.tasks);
  });
}

Registration::~Registration() = default;

void Registration::start() {
  started_ = true;
  soon();
  wait_for_answers(std::chrono::milliseconds(config_.register_broker_timeout_ms));
}

void Registration::soon() {
  ++change_;
  if (!started_ || stop_.cancelled()) return;
  follow_config();
  for (const auto& [at, link] : links_) link->wake.wake_all(runtime_.tasks);
}

void Registration::tell() {
  soon();
  wait_for_answers(quick);
}

void Registration::follow_config() {
  const auto parsed = config::parse_addresses(config_.namesrv_addr);
  invariant(parsed.has_value(), "namesrvAddr was checked when it was set");
  std::erase_if(links_, [&](const auto& entry) {
    if (std::ranges::find(*parsed, entry.first) != parsed->end()) return false;
    entry.second->wanted = false;
    entry.second->wake.wake_all(runtime_.tasks);
    return true;
  });
  for (const runtime::Endpoint& at : *parsed) {
    LinkPtr& link = links_[at];
    if (link) continue;
    link = std::make_shared<Link>();
    link->at = at;
    fibers_.spawn("registration", [this, link] { keep_told(link); });
  }
}

void Registration::keep_told(const LinkPtr& link) {
  const auto period = [&] { return std::chrono::milliseconds(config_.register_name_server_period_ms); };
  Instant next = runtime_.clock.now();
  while (link->wanted && !stop_.cancelled()) {
    if (link->trouble) {
      if (!rest(*link)) return;
      link->trouble = false;  // what happened meanwhile was the same trouble
      if (!link->wanted) return;
    } else if (link->told == change_ && runtime_.clock.now() < next) {
      const auto woken = link->wake.wait(runtime_.tasks, Until{next, &stop_});
      if (!woken && woken.error().code != Errc::timed_out) return;
      continue;
    }
    report(*link);
    next = runtime_.clock.now() + period();
  }
}

bool Registration::rest(Link& link) {
  const Instant now = runtime_.clock.now();
  if (now - link.trouble_at > quiet) link.back_off = Duration{0};
  const Duration pause =
      std::exchange(link.back_off, std::clamp(link.back_off * 2, back_off_min, back_off_max));
  link.trouble_at = now;
  return runtime::sync::sleep(runtime_.tasks, runtime_.clock, pause, &stop_).has_value();
}

/// A NameServer keeps a topic until it is deleted. One that a crash takes back before it is saved would
/// be listed for ever, so it is saved before anybody hears of it; one that cannot be has to wait.
void Registration::save_topics() {
  while (topics_.dirty()) {
    const auto saved = topics_.persist();
    if (saved) continue;
    unsaved_.raise(runtime_.events, Level::error,
                   "new topics are not registered yet, they could not be saved: {}", saved.error());
    return;
  }
  unsaved_.settle();
}

void Registration::report(Link& link) {
  save_topics();
  if (stop_.cancelled()) return;
  const std::uint64_t covered = change_;
  const bool whole = !topics_.some_would_be_lost();
  auto command = report_of(config_, topics_);
  if (!command) {
    runtime_.events.count("broker.report-too-large", 1);
    runtime::log(runtime_.events, Level::error, "not registered: {}", command.error().detail);
    link.told = covered;  // it will not do better before something changes
    answered_.wake_all(runtime_.tasks);
    return;
  }
  const auto promise = std::make_shared<Promise<Command>>(runtime_.tasks);
  const auto timeout = std::chrono::milliseconds(config_.register_broker_timeout_ms);
  client_.request(link.at, std::move(*command), runtime_.clock.now() + timeout,
                  [promise](Result<Command> answer) { promise->set(std::move(answer)); });
  const auto answer = promise->future().get({Instant::never(), &stop_});
  if (stop_.cancelled()) return;

  const bool good = answer && answer->code == 0;
  // What was left out is told as soon as it can be saved, which a report tries.
  link.slow = !good || !whole;
  if (link.slow) link.trouble = true;
  if (good) {
    if (whole) link.told = covered;
    take_order_topics(*answer);
  }
  if (!good)
    link.unregistered.raise(runtime_.events, Level::warn, "name server {}: {}", link.at,
                            answer ? answer->remark : fmt::format("{}", answer.error()));
  else if (link.unregistered.settle())
    runtime::log(runtime_.events, Level::info, "name server {}: registered again", link.at);
  answered_.wake_all(runtime_.tasks);
}

void Registration::wait_for_answers(Duration limit) {
  const std::uint64_t wanted = change_;
  const Until until = runtime::sync::within(runtime_.clock, limit, &stop_);
  const auto missing = [&](const auto& entry) { return !entry.second->slow && entry.second->told < wanted; };
  while (std::ranges::any_of(links_, missing)) {
    const auto woken = answered_.wait(runtime_.tasks, until);
    if (woken) continue;
    if (woken.error().code == Errc::timed_out)
      for (const auto& entry : links_)
        if (missing(entry)) entry.second->slow = true;
    return;
  }
}

void Registration::take_order_topics(const Command& answer) {
  if (answer.body.empty()) return;
  const auto table = model::protocol::read_body<model::protocol::bodies::KvTable>(answer.body);
  if (!table) return;
  std::set<std::string, std::less<>> ordered;
  for (const auto& [topic, queues] : table->table) ordered.insert(topic);
  topics_.set_ordered(ordered);
}

void Registration::stop() {
  if (stop_.cancelled()) return;
  stop_.cancel();
  if (auto joined = fibers_.join(); !joined) return;
  say_farewell();
  client_.stop();
}

/// The others notice that the connection closes.
void Registration::say_farewell() {
  struct Farewell {
    std::size_t open = 0;
    runtime::sync::WaitList done;
  };
  const auto farewell = std::make_shared<Farewell>();
  const Instant deadline = runtime_.clock.now() + quick;
  for (const auto& [at, link] : links_) {
    if (link->slow) continue;
    ++farewell->open;
    client_.request(at, farewell_of(config_), deadline, [this, farewell](const Result<Command>&) {
      if (--farewell->open == 0) farewell->done.wake_all(runtime_.tasks);
    });
  }
  while (farewell->open > 0)
    if (auto waited = farewell->done.wait(runtime_.tasks, {}); !waited) return;
}

}  // namespace gantry::broker::registration

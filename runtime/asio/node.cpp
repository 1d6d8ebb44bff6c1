#include "runtime/asio/node.h"

#include <chrono>
#include <utility>
#include <vector>

#include <pthread.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "model/base/invariant.h"
#include "runtime/asio/chance.h"
#include "runtime/asio/disk.h"
#include "runtime/asio/helpers.h"
#include "runtime/asio/network.h"
#include "runtime/asio/postbox.h"
#include "runtime/asio/reactor.h"

namespace gantry::runtime::asio {

namespace {
class SystemClock final : public Clock {
 public:
  Instant now() const override { return Reactor::now(); }
  WallTime wall_now() const override {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count()};
  }
};

class NodeTasks final : public Tasks {
 public:
  explicit NodeTasks(Reactor& reactor) : reactor_(reactor) {}
  void spawn(std::string_view name, Body body) override {
    reactor_.engine().spawn(reactor_.group(), name, std::move(body));
  }
  Waker waker() const override { return reactor_.engine().waker(); }
  bool park(Instant deadline) override { return reactor_.engine().park(deadline); }
  void unpark(Waker waker) override { reactor_.engine().unpark(waker); }
  void yield() override { reactor_.engine().yield(); }

 private:
  Reactor& reactor_;
};
}  // namespace

class Node::Impl {
 public:
  Impl(NodeOptions options, std::unique_ptr<NodeEvents> events)
      : options_(std::move(options)), events_(std::move(events)) {}

  End run(std::function<void(Runtime)> main) {
    invariant(!std::exchange(ran_, true), "a node runs once");
    ::pthread_setname_np(::pthread_self(), options_.name.substr(0, 15).c_str());
    Reactor reactor(postbox_, options_.spin_max);
    Helpers helpers(reactor);
    NodeTasks tasks(reactor);
    TcpNetwork network(reactor, helpers);
    PosixDisk disk(reactor, helpers, options_.root);
    SystemRandom random;
    boost::asio::steady_timer stop_timer(postbox_.io());
    reactor_ = &reactor;
    stop_timer_ = &stop_timer;
    const Runtime runtime{clock_, tasks, network, disk, random, *events_};
    tasks.spawn("main", [runtime, main = std::move(main)] { main(runtime); });
    reactor.engine().run();
    reactor_ = nullptr;
    stop_timer_ = nullptr;
    return reactor.gone() ? End::forced : End::in_order;
  }

  void post(std::function<void()> action) {
    // Whoever suspended last lends its stack: an exception must not wander into that fiber.
    postbox_.post([action = std::move(action)]() noexcept { action(); });
  }

  void stop_requested() {
    if (stopping_) return force();
    stopping_ = true;
    for (const Waker waker : await_stop_) reactor_->engine().unpark(waker);
    stop_timer_->expires_after(options_.stop_max);
    stop_timer_->async_wait([this](const boost::system::error_code& error) {
      if (!error) force();
    });
  }

  void await_stop() {
    while (!stopping_) {
      await_stop_.push_back(reactor_->engine().waker());
      reactor_->engine().park(Instant::never());
    }
  }

  bool stopping() const { return stopping_; }
  const Counters& counters() const { return events_->counters(); }

 private:
  void force() {
    if (reactor_->gone()) return;
    std::string still;
    for (const std::string& fiber : reactor_->engine().describe()) still += "\n  " + fiber;
    events_->log(Level::warn, "the stop is forced; still alive:" + still);
    reactor_->engine().crash(reactor_->group());
    events_->mute();
  }

  const NodeOptions options_;
  const std::unique_ptr<NodeEvents> events_;
  SystemClock clock_;
  Postbox postbox_;
  // Without it a node that only waits for other threads would find the io_context out of work and
  // turn in circles.
  const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      postbox_.io().get_executor()};
  Reactor* reactor_ = nullptr;  // while run() runs, as is what handlers use of it
  boost::asio::steady_timer* stop_timer_ = nullptr;
  std::vector<Waker> await_stop_;
  bool stopping_ = false;
  bool ran_ = false;
};

Result<std::unique_ptr<Node>> Node::create(NodeOptions options) {
  auto events = NodeEvents::create(options.name, options.log, options.recorder);
  if (!events) return events.error();
  return std::unique_ptr<Node>(new Node(std::make_unique<Impl>(std::move(options), std::move(*events))));
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;

Node::End Node::run(std::function<void(Runtime)> main) {
  return impl_->run(std::move(main));
}
void Node::request_stop() {
  impl_->post([impl = impl_.get()] { impl->stop_requested(); });
}
void Node::await_stop() {
  impl_->await_stop();
}
bool Node::stopping() const {
  return impl_->stopping();
}
void Node::post(std::function<void()> action) {
  impl_->post(std::move(action));
}
const Counters& Node::counters() const {
  return impl_->counters();
}

}  // namespace gantry::runtime::asio

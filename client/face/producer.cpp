#include <gantry/producer.h>

#include "client/face/backend.h"
#include "client/face/promise.h"
#include "client/face/setup.h"
#include "client/producer/producer.h"

namespace gantry {

using client::face::Promise;
using client::session::SessionOptions;
using NodeProducer = client::producer::Producer;

/// What the program and the client's node share. On the node it is reached by a plain pointer: the destructor
/// waits until nothing there needs it any more.
struct Producer::State {
  Error broken{Errc::stopped, "the producer did not start"};  // when `producer` is empty
  std::shared_ptr<Backend> backend;

  std::unique_ptr<Monitor> monitor;  // of the next two
  std::size_t in_flight = 0;
  std::size_t in_flight_max = 0;
  bool abandoned = false;  // the program is being unwound, and what its callbacks refer to with it

  std::unique_ptr<NodeProducer> producer;  // lives on the node; last, for it uses all of the above

  /// Waits for room and takes it; a callback, which must not wait, may find none.
  Result<void> enter() {
    return monitor->await(
        [this] {
          if (in_flight >= in_flight_max) return false;
          ++in_flight;
          return true;
        },
        forever);
  }
  void leave() {
    monitor->change([this] { --in_flight; });
  }
  void tell(const Done& done, Result<SendResult> result) {
    if (!abandoned) backend->call_back([&] { done(std::move(result)); });
  }

  /// On the node.
  void start(SessionOptions session, std::string group, const ProducerOptions& options) {
    producer =
        std::make_unique<NodeProducer>(backend->runtime(), std::move(session), std::move(group), options);
    producer->start();
  }
  /// Waits for the answers that are under way, then stops.
  void end() {
    const auto idle = monitor->await([this] { return in_flight == 0; }, forever);
    invariant(idle.has_value(), "whoever ends a producer may wait, and for as long as it takes");
    const auto stopped = backend->call([this]() -> Result<void> {
      producer->stop();
      producer.reset();
      return {};
    });
    if (!stopped) (void)producer.release();  // its node has died, and with it whoever could stop it
  }

  template <class Work>
  auto call(Work work) -> decltype(work(*producer)) {
    if (!producer) return broken;
    return backend->call([this, work = std::move(work)] { return work(*producer); });
  }
};

Producer::Producer(std::string_view namesrv, std::string_view group, ProducerOptions options,
                   std::shared_ptr<Backend> backend)
    : state_(std::make_shared<State>()) {
  auto setup = client::face::set_up(namesrv, std::move(backend), "mq-producer", options.timers);
  if (!setup) {
    state_->broken = setup.error();
    return;
  }
  state_->backend = setup->backend;
  state_->monitor = setup->backend->make_monitor();
  state_->in_flight_max = options.in_flight_max;
  setup->session.instance = setup->backend->unique_instance();
  const auto started = state_->backend->call([state = state_.get(), session = setup->session,
                                              group = std::string(group), options]() -> Result<void> {
    state->start(session, group, options);
    return {};
  });
  if (!started) state_->broken = started.error();
}

Producer::~Producer() {
  if (!state_->producer) return;
  const std::shared_ptr<Backend> backend = state_->backend;
  if (!backend->may_wait()) state_->abandoned = true;
  backend->finish([state = std::move(state_)] { state->end(); });
}

Result<SendResult> Producer::send(Message message) {
  return state_->call([message = std::move(message)](NodeProducer& to) { return to.send(message); });
}

Result<SendResult> Producer::send(std::string_view topic, std::string_view body, std::string_view tag) {
  return send(Message(topic, body, tag));
}

Result<SendResult> Producer::send(Message message, MessageQueue queue) {
  return state_->call([message = std::move(message), queue = std::move(queue)](NodeProducer& to) {
    return to.send(message, queue);
  });
}

Result<SendResult> Producer::send(Message message, Selector selector) {
  return state_->call([message = std::move(message), selector = std::move(selector)](NodeProducer& to) {
    return to.send(message, selector);
  });
}

Result<SendResult> Producer::send(std::vector<Message> batch) {
  return state_->call([batch = std::move(batch)](NodeProducer& to) { return to.send(batch); });
}

Future<SendResult> Producer::send_async(Message message) {
  if (!state_->producer) return Future<SendResult>(state_->broken);
  const auto promise = std::make_shared<Promise<SendResult>>(state_->backend->make_monitor());
  Future<SendResult> future = promise->future();
  send_async(std::move(message), [promise](Result<SendResult> result) { promise->set(std::move(result)); });
  return future;
}

void Producer::send_async(Message message, Done done) {
  if (!state_->producer) return done(state_->broken);
  if (!state_->enter()) return state_->tell(done, Error{Errc::busy, "too many sends wait for an answer"});
  state_->backend->post(
      [state = state_.get(), message = std::move(message), done = std::move(done)]() mutable {
        state->producer->send_async(std::move(message),
                                    [state, done = std::move(done)](Result<SendResult> result) {
                                      state->tell(done, std::move(result));
                                      state->leave();
                                    });
      });
}

Result<void> Producer::send_one_way(Message message) {
  return state_->call([message = std::move(message)](NodeProducer& to) { return to.send_one_way(message); });
}

}  // namespace gantry

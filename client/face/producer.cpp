#include "client/face/producer.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "client/face/client_thread.h"
#include "runtime/asio/address.h"

namespace gantry::client::face {

/// What the program's threads and the client's thread share.
struct Producer::State {
  Error broken{Errc::stopped, "the producer did not start"};  // when `producer` is empty
  std::unique_ptr<ClientThread> thread;
  std::unique_ptr<producer::Producer> producer;  // lives on `thread`

  std::mutex mutex;
  std::condition_variable fewer;
  std::size_t in_flight = 0;
  std::size_t in_flight_max = 0;

  /// Waits for room; on the client's own thread, which makes the room, it cannot.
  bool enter() {
    std::unique_lock lock(mutex);
    if (in_flight >= in_flight_max && thread->here()) return false;
    fewer.wait(lock, [&] { return in_flight < in_flight_max; });
    ++in_flight;
    return true;
  }
  void leave() {
    const std::lock_guard lock(mutex);
    --in_flight;
    fewer.notify_all();
  }
  void wait_until_idle() {
    std::unique_lock lock(mutex);
    fewer.wait(lock, [&] { return in_flight == 0; });
  }

  template <class Work>
  auto call(Work work) -> decltype(work(*producer)) {
    if (!producer) return broken;
    if (thread->here()) return Error{Errc::invalid, "a callback must not wait for its own thread"};
    return thread->call([this, work = std::move(work)] { return work(*producer); });
  }
};

Producer::Producer(std::string_view namesrv, std::string_view group, ProducerOptions options)
    : state_(std::make_unique<State>()) {
  auto endpoints = session::parse_endpoints(namesrv);
  if (!endpoints) {
    state_->broken = endpoints.error();
    return;
  }
  auto thread = ClientThread::start("mq-producer");
  if (!thread) {
    state_->broken = thread.error();
    return;
  }
  options.session.namesrvs = *std::move(endpoints);
  options.session.client_ip = runtime::asio::own_address();
  options.session.instance = unique_instance();
  options.group = group;
  state_->in_flight_max = options.in_flight_max;
  state_->thread = *std::move(thread);
  const auto started = state_->thread->call([state = state_.get(), options]() -> Result<void> {
    state->producer = std::make_unique<producer::Producer>(state->thread->runtime(), options);
    state->producer->start();
    return {};
  });
  if (!started) state_->broken = started.error();
}

Producer::~Producer() {
  if (!state_->producer) return;
  state_->wait_until_idle();
  const auto stopped = state_->thread->call([state = state_.get()]() -> Result<void> {
    state->producer->stop();
    state->producer.reset();
    return {};
  });
  if (!stopped) state_->producer.release();  // its thread has died, and with it whoever could stop it
}

Result<SendResult> Producer::send(Message message) {
  return state_->call([message = std::move(message)](producer::Producer& to) { return to.send(message); });
}

Result<SendResult> Producer::send(std::string_view topic, std::string_view body, std::string_view tag) {
  return send(Message(topic, body, tag));
}

Result<SendResult> Producer::send(Message message, MessageQueue queue) {
  return state_->call([message = std::move(message), queue = std::move(queue)](producer::Producer& to) {
    return to.send(message, queue);
  });
}

Result<SendResult> Producer::send(Message message, Selector selector) {
  return state_->call([message = std::move(message), selector = std::move(selector)](producer::Producer& to) {
    return to.send(message, selector);
  });
}

Result<SendResult> Producer::send(std::vector<Message> batch) {
  return state_->call([batch = std::move(batch)](producer::Producer& to) { return to.send(batch); });
}

std::future<Result<SendResult>> Producer::send_async(Message message) {
  auto promise = std::make_shared<std::promise<Result<SendResult>>>();
  auto future = promise->get_future();
  send_async(std::move(message),
             [promise](Result<SendResult> result) { promise->set_value(std::move(result)); });
  return future;
}

void Producer::send_async(Message message, Done done) {
  if (!state_->producer) return done(state_->broken);
  if (!state_->enter()) return done(Error{Errc::busy, "too many sends wait for an answer"});
  state_->thread->post([state = state_.get(), message = std::move(message), done = std::move(done)] {
    state->producer->send_async(message, [state, done](Result<SendResult> result) {
      done(std::move(result));
      state->leave();
    });
  });
}

Result<void> Producer::send_one_way(Message message) {
  return state_->call(
      [message = std::move(message)](producer::Producer& to) { return to.send_one_way(message); });
}

}  // namespace gantry::client::face

#include <gantry/push_consumer.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "client/consumer/push_consumer.h"
#include "client/face/backend.h"
#include "client/face/setup.h"
#include "runtime/log.h"

namespace gantry {

using client::consumer::MessagePtr;
using client::session::SessionOptions;
using NodeConsumer = client::consumer::PushConsumer;

namespace {

/// One call of the listener, which outlives the fiber that waits for it when that is unwound.
struct Call {
  const PushConsumer::Listener& listener;
  MessagePtr message;
  ConsumeResult result = ConsumeResult::reconsume_later;
  std::optional<std::string> thrown;

  void run() {
    try {
      result = listener(*message);
    } catch (const std::exception& exception) {
      thrown = exception.what();
    }
  }
};

}  // namespace

/// What the program and the client's node share. On the node it is reached by a plain pointer: stop() waits
/// until nothing there needs it any more.
struct PushConsumer::State {
  Error broken{Errc::stopped, "the consumer did not start"};  // when `consumer` is empty
  bool started = false;
  PushConsumer::Listener listener;
  std::shared_ptr<Backend> backend;
  std::unique_ptr<Listeners> listeners;
  std::unique_ptr<NodeConsumer> consumer;  // lives on the node; last, for it uses all of the above

  /// On a fiber of the node.
  ConsumeResult consume(const std::vector<MessagePtr>& messages) {
    for (const MessagePtr& message : messages) {
      const auto call = std::make_shared<Call>(listener, message);
      listeners->run([call] { call->run(); });
      if (call->thrown)
        runtime::log(backend->runtime().events, runtime::Level::warn, "the listener failed on {} of {}: {}",
                     message->message_id(), message->topic, *call->thrown);
      if (call->result != ConsumeResult::success) return call->result;
    }
    return ConsumeResult::success;
  }

  /// On the node.
  void make(SessionOptions session, std::string group, const ConsumerOptions& options) {
    consumer = std::make_unique<NodeConsumer>(
        backend->runtime(), std::move(session), std::move(group), options,
        [this](const std::vector<MessagePtr>& messages) { return consume(messages); });
  }
  void end() {
    const auto stopped = backend->call([this]() -> Result<void> {
      consumer->stop();
      consumer.reset();
      return {};
    });
    if (!stopped) (void)consumer.release();  // its node has died, and with it whoever could stop it
    broken = {Errc::stopped, "the consumer is stopped"};
  }
};

PushConsumer::PushConsumer(std::string_view namesrv, std::string_view group, ConsumerOptions options,
                           std::shared_ptr<Backend> backend)
    : state_(std::make_shared<State>()) {
  auto setup = client::face::set_up(namesrv, std::move(backend), "mq-consumer", options.timers);
  if (!setup) {
    state_->broken = setup.error();
    return;
  }
  state_->backend = setup->backend;
  state_->listeners = setup->backend->make_listeners(std::max<std::size_t>(options.concurrency, 1));
  setup->session.instance = options.instance;
  if (options.instance.empty())
    // With broadcasting the offset file is found again by the client id.
    setup->session.instance =
        options.model == MessageModel::clustering ? setup->backend->unique_instance() : "DEFAULT";
  const auto made = state_->backend->call([state = state_.get(), session = setup->session,
                                           group = std::string(group), options]() -> Result<void> {
    state->make(session, group, options);
    return {};
  });
  if (!made) state_->broken = made.error();
}

PushConsumer::~PushConsumer() {
  if (!state_->consumer) return;
  const std::shared_ptr<Backend> backend = state_->backend;
  backend->finish([state = std::move(state_)] { state->end(); });
}

Result<void> PushConsumer::subscribe(std::string_view topic, std::string_view expression) {
  if (!state_->consumer) return state_->broken;
  if (state_->started) return Error{Errc::invalid, "subscribe() comes before start()"};
  return state_->backend->call(
      [state = state_.get(), topic = std::string(topic), expression = std::string(expression)] {
        return state->consumer->subscribe(topic, expression);
      });
}

Result<void> PushConsumer::start(Listener listener) {
  if (!state_->consumer) return state_->broken;
  if (state_->started) return Error{Errc::invalid, "the consumer has started"};
  state_->listener = std::move(listener);
  auto started = state_->backend->call([state = state_.get()] { return state->consumer->start(); });
  state_->started = started.has_value();
  return started;
}

void PushConsumer::stop() {
  if (state_->consumer) state_->end();
}

}  // namespace gantry

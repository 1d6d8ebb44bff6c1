#include "client/face/push_consumer.h"

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "client/consumer/push_consumer.h"
#include "client/face/client_thread.h"
#include "runtime/asio/address.h"

namespace gantry::client::face {
namespace {

using consumer::MessagePtr;

/// Threads on which the program's listener may block.
class ListenerThreads {
 public:
  ListenerThreads(ClientThread& node, std::size_t threads_max) : node_(node), threads_max_(threads_max) {}
  ~ListenerThreads() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  ListenerThreads(const ListenerThreads&) = delete;

  /// On a fiber of the node: suspends it until a thread has run `work`.
  ConsumeResult run(std::function<ConsumeResult()> work) {
    auto job = std::make_shared<Job>();
    job->work = std::move(work);
    const runtime::Tasks& tasks = node_.runtime().tasks;
    job->waker = tasks.waker();
    submit(job);
    while (!job->done) {
      node_.runtime().tasks.park();
      // A spurious wake-up: whoever ends the job reads the waker on this thread, after this.
      job->waker = tasks.waker();
    }
    return job->result;
  }

 private:
  struct Job {
    std::function<ConsumeResult()> work;
    ConsumeResult result = ConsumeResult::reconsume_later;
    runtime::Waker waker;  // the node's thread only, as is `done`
    bool done = false;
  };

  void submit(std::shared_ptr<Job> job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size() && threads_.size() < threads_max_) threads_.emplace_back([this] { serve(); });
    changed_.notify_one();
  }

  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      changed_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
      --idle_;
      if (jobs_.empty()) return;
      const std::shared_ptr<Job> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job->result = job->work();
      node_.post([this, job] {
        job->done = true;
        node_.runtime().tasks.unpark(job->waker);
      });
      lock.lock();
    }
  }

  ClientThread& node_;
  const std::size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> jobs_;
  std::size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

ConsumeResult guarded(const PushConsumer::Listener& listener, const ReceivedMessage& message) {
  try {
    return listener(message);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "listener failed on %s of %s: %s\n", message.message_id().c_str(),
                 message.topic.c_str(), thrown.what());
    return ConsumeResult::reconsume_later;
  }
}

}  // namespace

struct PushConsumer::State {
  Error broken{Errc::stopped, "the consumer did not start"};  // when `consumer` is empty
  PushConsumer::Listener listener;
  std::unique_ptr<ClientThread> thread;
  std::unique_ptr<ListenerThreads> listeners;
  std::unique_ptr<consumer::PushConsumer> consumer;  // lives on `thread`

  /// On a fiber.
  ConsumeResult consume(const std::vector<MessagePtr>& messages) {
    for (const MessagePtr& message : messages) {
      const auto result = listeners->run([this, message] { return guarded(listener, *message); });
      if (result != ConsumeResult::success) return result;
    }
    return ConsumeResult::success;
  }
};

PushConsumer::PushConsumer(std::string_view namesrv, std::string_view group, ConsumerOptions options)
    : state_(std::make_unique<State>()) {
  auto endpoints = session::parse_endpoints(namesrv);
  if (!endpoints) {
    state_->broken = endpoints.error();
    return;
  }
  auto thread = ClientThread::start("mq-consumer");
  if (!thread) {
    state_->broken = thread.error();
    return;
  }
  options.session.namesrvs = *std::move(endpoints);
  options.session.client_ip = runtime::asio::own_address();
  // In broadcasting the offset file is found again by the client id.
  if (options.session.instance.empty() && options.model == MessageModel::clustering)
    options.session.instance = unique_instance();
  if (options.session.instance.empty()) options.session.instance = "DEFAULT";
  options.group = group;
  state_->thread = *std::move(thread);
  state_->listeners =
      std::make_unique<ListenerThreads>(*state_->thread, std::max<std::size_t>(options.concurrency, 1));
  const auto made = state_->thread->call([state = state_.get(), options]() -> Result<void> {
    state->consumer = std::make_unique<consumer::PushConsumer>(
        state->thread->runtime(), options,
        [state](const std::vector<MessagePtr>& messages) { return state->consume(messages); });
    return {};
  });
  if (!made) state_->broken = made.error();
}

PushConsumer::~PushConsumer() {
  stop();
}

Result<void> PushConsumer::subscribe(std::string_view topic, std::string_view expression) {
  if (!state_->consumer) return state_->broken;
  return state_->thread->call(
      [state = state_.get(), topic = std::string(topic), expression = std::string(expression)] {
        return state->consumer->subscribe(topic, expression);
      });
}

Result<void> PushConsumer::start(Listener listener) {
  if (!state_->consumer) return state_->broken;
  state_->listener = std::move(listener);
  return state_->thread->call([state = state_.get()] { return state->consumer->start(); });
}

void PushConsumer::stop() {
  if (!state_->consumer) return;
  const auto stopped = state_->thread->call([state = state_.get()]() -> Result<void> {
    state->consumer->stop();
    state->consumer.reset();
    return {};
  });
  if (!stopped) state_->consumer.release();  // its thread has died, and with it whoever could stop it
  state_->broken = {Errc::stopped, "the consumer is stopped"};
}

}  // namespace gantry::client::face

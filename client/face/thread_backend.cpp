#include "client/face/thread_backend.h"

#include <atomic>
#include <chrono>
#include <future>

#include <fmt/format.h>
#include <unistd.h>

#include "client/face/listener_threads.h"
#include "client/face/thread_monitor.h"
#include "runtime/asio/address.h"

namespace gantry {

Result<std::shared_ptr<Backend>> start_thread_backend(std::string_view name) {
  return client::face::ThreadBackend::start(std::string(name));
}

}  // namespace gantry

namespace gantry::client::face {

Result<std::shared_ptr<Backend>> ThreadBackend::start(std::string name) {
  runtime::asio::NodeOptions options;
  options.name = std::move(name);
  options.log.level = runtime::Level::warn;
  auto node = runtime::asio::Node::create(std::move(options));
  if (!node) return node.error();
  return std::shared_ptr<Backend>(new ThreadBackend(*std::move(node)));
}

ThreadBackend::ThreadBackend(std::unique_ptr<runtime::asio::Node> node) : node_(std::move(node)) {
  std::promise<void> running;
  thread_ = std::thread([this, &running] {
    node_->run([this, &running](runtime::Runtime runtime) {
      runtime_.emplace(runtime);
      running.set_value();
      node_->await_stop();
    });
  });
  running.get_future().wait();
}

ThreadBackend::~ThreadBackend() {
  node_->request_stop();
  thread_.join();
}

void ThreadBackend::post(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  mail_.push_back(std::move(action));
  if (std::exchange(notified_, true)) return;
  node_->post([this] { runtime_->tasks.spawn("face.mail", [this] { open_mail(); }); });
}

void ThreadBackend::open_mail() {
  std::vector<std::function<void()>> mail;
  {
    const std::lock_guard lock(mutex_);
    mail.swap(mail_);
    notified_ = false;
  }
  for (const auto& action : mail) action();
}

bool ThreadBackend::may_wait() const {
  return std::this_thread::get_id() != thread_.get_id();
}

std::unique_ptr<Monitor> ThreadBackend::make_monitor() {
  return std::make_unique<ThreadMonitor>(thread_.get_id());
}

std::unique_ptr<Listeners> ThreadBackend::make_listeners(std::size_t at_once) {
  return std::make_unique<ListenerThreads>(*this, at_once);
}

void ThreadBackend::finish(std::function<void()> work) noexcept {
  invariant(may_wait(), "a client is not destroyed by its own callback");
  work();
}

std::string ThreadBackend::address() const {
  return runtime::asio::own_address();
}

std::string ThreadBackend::unique_instance() {
  static std::atomic<unsigned> made{0};  // this folder alone has threads, and so a process to count in
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  const unsigned number = made++;
  return fmt::format("{}#{}#{}", getpid(), now, number);
}

}  // namespace gantry::client::face

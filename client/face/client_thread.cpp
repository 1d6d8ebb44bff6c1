#include "client/face/client_thread.h"

#include <atomic>
#include <chrono>

#include <unistd.h>

namespace gantry::client::face {

Result<std::unique_ptr<ClientThread>> ClientThread::start(std::string name) {
  runtime::asio::NodeOptions options;
  options.name = std::move(name);
  options.log.level = runtime::Level::warn;
  auto node = runtime::asio::Node::create(std::move(options));
  if (!node) return node.error();
  return std::unique_ptr<ClientThread>(new ClientThread(*std::move(node)));
}

ClientThread::ClientThread(std::unique_ptr<runtime::asio::Node> node) : node_(std::move(node)) {
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

ClientThread::~ClientThread() {
  node_->request_stop();
  thread_.join();
}

void ClientThread::post(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  mail_.push_back(std::move(action));
  if (std::exchange(notified_, true)) return;
  node_->post([this] { runtime_->tasks.spawn("face.mail", [this] { open_mail(); }); });
}

void ClientThread::open_mail() {
  std::vector<std::function<void()>> mail;
  {
    const std::lock_guard lock(mutex_);
    mail.swap(mail_);
    notified_ = false;
  }
  for (const auto& action : mail) action();
}

void ClientThread::unpark(runtime::Waker waker) {
  node_->post([this, waker] { runtime_->tasks.unpark(waker); });
}

std::string unique_instance() {
  static std::atomic<unsigned> made{0};  // this folder alone has threads, and so a process to count in
  const auto started = std::chrono::steady_clock::now().time_since_epoch().count();
  return std::to_string(getpid()) + "#" + std::to_string(started) + "#" + std::to_string(made++);
}

}  // namespace gantry::client::face

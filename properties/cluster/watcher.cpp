#include "model/protocol/bodies/offsets.h"
#include "model/protocol/command.h"
#include "properties/cluster/nodes.h"
#include "runtime/remoting/client.h"
#include "runtime/sync/wait.h"

namespace gantry::properties::cluster {

using model::protocol::Command;
using model::protocol::RequestCode;
using namespace std::chrono_literals;

namespace {

constexpr auto interval = 4s;
constexpr auto patience = 3s;

/// Notes one broker's answer. An answer without a body says that no group has committed anything.
void note(Notebook& notebook, const std::string& broker, const Command& answer) {
  const auto table = model::protocol::read_body<model::protocol::bodies::ConsumerOffsetTable>(answer.body);
  if (answer.code != 0 || !table) return;
  for (const auto& [key, queues] : table->offsets) {
    const std::size_t at = key.rfind('@');  // topic@group
    if (at == std::string::npos) continue;
    for (const auto& [queue, offset] : queues)
      notebook.outcome.progress.push_back(
          {key.substr(at + 1), {broker, key.substr(0, at), queue}, offset, notebook.now()});
  }
}

}  // namespace

void watcher_main(Notebook& notebook, runtime::Runtime runtime) {
  runtime::remoting::Client client(runtime);
  for (;;) {
    for (const auto& broker : notebook.c.brokers) {
      const auto answer =
          client.call({notebook.world.address(broker.name), broker_port},
                      Command::request(RequestCode::get_all_consumer_offset), runtime.clock.now() + patience);
      if (answer) note(notebook, broker.name, *answer);
    }
    (void)runtime::sync::sleep(runtime.tasks, runtime.clock, interval);
  }
}

}  // namespace gantry::properties::cluster

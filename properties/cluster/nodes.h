#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "properties/cases/case.h"
#include "properties/cluster/body.h"
#include "properties/cluster/outcome.h"
#include "properties/cluster/witness.h"
#include "runtime/runtime.h"
#include "sim/simulation.h"

namespace gantry::properties::cluster {

/// What the processes of a run share with the harness around them. It outlives every incarnation:
/// the world's notebook, which no node can read.
struct Notebook {
  const cases::Case& c;
  sim::Simulation& world;
  Outcome outcome{};
  Witness witness{c, outcome};
  std::map<std::string, std::size_t> next_send{};  ///< per producer: how many of its sends have begun
  std::set<std::string> sending{};                 ///< producers in the middle of a send
  Bodies bodies{};                                 ///< of all messages
  bool probing = false;                            ///< the time has come for probes
  std::set<std::string> probed{};                  ///< producers that have sent theirs

  /// By consumer that runs: the queues that it owns now.
  std::map<std::string, std::function<std::vector<model::route::MessageQueue>()>> owners{};

  runtime::Instant now() const { return world.now(); }
};

/// The first fiber of each kind of process. Each comes up whatever state it finds (a port still in
/// use, a NameServer that is away, a disk that fails) and then runs until it is crashed.
void namesrv_main(Notebook& notebook, runtime::Runtime runtime);
void broker_main(Notebook& notebook, const cases::BrokerSpec& spec, runtime::Runtime runtime);
void producer_main(Notebook& notebook, const cases::ProducerSpec& spec, runtime::Runtime runtime);
void consumer_main(Notebook& notebook, const cases::ConsumerSpec& spec, runtime::Runtime runtime);

/// Reads every queue of every broker back from its first offset, and every NameServer's routes, into
/// what the outcome has of the last audit, and ends.
void auditor_main(Notebook& notebook, runtime::Runtime runtime);
/// Asks every broker again and again how far the groups are, into `outcome.progress`.
void watcher_main(Notebook& notebook, runtime::Runtime runtime);

/// The port of every NameServer and of every broker.
inline constexpr std::uint16_t namesrv_port = 9876;
inline constexpr std::uint16_t broker_port = 10911;

}  // namespace gantry::properties::cluster

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "runtime/remoting/channel.h"
#include "runtime/remoting/request.h"

namespace gantry::runtime::remoting {

class Pipeline;

/// A place in the list of the requests that are outstanding.
struct RequestLink {
  RequestLink* previous = this;
  RequestLink* next = this;
};

/// One request, from its arrival until the last copy of its Responder has gone.
struct Request : RequestLink {
  RequestContext context;
  std::shared_ptr<Channel> channel;
  boost::intrusive_ptr<Pipeline> pipeline;
  std::int32_t opaque = 0;
  SerializeType type = SerializeType::json;
  std::uint32_t holders = 0;
  std::uint32_t steps_run = 0;
};

/// From where and when a request came.
struct Arrival {
  const std::shared_ptr<Channel>& channel;
  ChannelId id;          ///< the channel's
  const Endpoint& peer;  ///< the channel's
  Instant at;
};

/// The steps of one Server or Client, and the requests that are on their way through them.
///
///     spare --begin()--> outstanding --answer(), drop(), close()--> ended --last holder--> spare
///
/// Invariant: the after-steps of a request run as it leaves `outstanding`, and it never comes back there; so
/// they run once. A request that is held keeps its pipeline alive. The Dispatch, which owns the pipeline,
/// calls retire() as it goes: from then on a request that ends touches neither a step nor what steps use.
class Pipeline : public boost::intrusive_ref_counter<Pipeline, boost::thread_unsafe_counter> {
 public:
  /// As many requests as are kept to be used again; what was outstanding beyond is freed as it ends.
  static constexpr std::size_t spare_max = 1024;

  Pipeline() = default;
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Puts a step behind the others. Before the first request.
  void add(Step step);

  /// A request has come. Allocates only when more are held at once than ever before, or than `spare_max`.
  boost::intrusive_ptr<Request> begin(const Arrival& from, const CommandView& request);
  /// Takes it through the steps; returns the answer of the one that did not let it pass. May suspend.
  std::optional<Command> before(Request& request, const CommandView& view);
  /// Ends it with this answer, unless it has ended. Never suspends.
  void answer(Request& request, Command&& response);
  /// The last holder has gone: ends it without an answer, unless it has ended or the node is gone.
  void let_go(Request& request);

  /// Ends all that is outstanding without an answer, in order of arrival: the server has stopped.
  void close();
  /// No step is called any more.
  void retire();

 private:
  void end(Request& request, Ending ending, Command* answer);
  void drop(Request& request);

  std::vector<Step> steps_;
  RequestLink outstanding_;  // a ring: the oldest is next, the newest previous
  std::vector<std::unique_ptr<Request>> spare_;
  bool retired_ = false;
};

}  // namespace gantry::runtime::remoting

#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "runtime/remoting/pipeline.h"
#include "runtime/remoting/responder.h"

namespace gantry::runtime::remoting {

/// What happens to a request: the steps of a Server or a Client, and who handles which code. Filled before
/// requests arrive.
class Dispatch {
 public:
  Dispatch() : pipeline_(new Pipeline) {}
  /// Calls no step, whatever is outstanding: close() has returned, or the node is gone.
  ~Dispatch() { pipeline_->retire(); }
  Dispatch(const Dispatch&) = delete;
  Dispatch& operator=(const Dispatch&) = delete;

  /// Requests of this code are handled by `handler`; the last one wins.
  void on(model::protocol::RequestCode code, Handler handler);
  /// Requests whose code has no handler of its own are handled by this one.
  void on_other(Handler handler) { other_ = std::move(handler); }
  /// Every request passes this step, behind those that were added before.
  void add(Step step) { pipeline_->add(std::move(step)); }

  /// Runs the steps, then the handler; answers by itself when there is none. `except`: codes that
  /// are treated as if they had none. May suspend.
  void operator()(const CommandView& request, const Arrival& from,
                  const std::vector<model::protocol::RequestCode>& except) const;

  /// Ends what nobody has answered: the after-steps learn that it was dropped. No request arrives any more.
  void close() { pipeline_->close(); }

 private:
  const Handler* handler_of(std::int32_t code, const std::vector<model::protocol::RequestCode>& except) const;

  std::map<std::int32_t, Handler> handlers_;
  Handler other_;
  boost::intrusive_ptr<Pipeline> pipeline_;  // shared with the requests that are held
};

}  // namespace gantry::runtime::remoting

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/remoting/channel.h"

namespace gantry::runtime::remoting {

/// Who handles which request: the table of a Server or a Client. Filled before requests arrive.
class Dispatch {
 public:
  using Check = std::function<std::optional<Command>(const CommandView&, const Channel&)>;

  void on(model::protocol::RequestCode code, Handler handler);
  void on_other(Handler handler) { other_ = std::move(handler); }
  void on_request(Check check) { check_ = std::move(check); }

  /// Runs the check, then the handler; answers by itself when there is none. `except`: codes that
  /// are treated as if they had none.
  void operator()(const CommandView& request, const std::shared_ptr<Channel>& from,
                  const std::vector<model::protocol::RequestCode>& except) const;

 private:
  const Handler* handler_of(std::int32_t code, const std::vector<model::protocol::RequestCode>& except) const;

  std::map<std::int32_t, Handler> handlers_;
  Handler other_;
  Check check_;
};

}  // namespace gantry::runtime::remoting

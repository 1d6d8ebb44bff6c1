#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "broker/store/message_store.h"
#include "model/delivery/pulls.h"
#include "model/delivery/refusal.h"
#include "runtime/clock.h"

namespace gantry::broker::pulling {

/// Which messages a pull wants, in its own words.
struct Expression {
  std::string_view type;  ///< `TAG`; nothing else yet
  std::string_view text;  ///< `*`, or tags joined by `||`
};

/// One pull from one queue. The views are read before Pulling::pull() returns.
struct Request {
  std::string_view group;
  std::string_view topic;
  std::int32_t queue_id = 0;
  store::QueueOffset from{};
  std::int32_t messages_max = 32;
  /// Nothing: what the group's heartbeats say about the topic counts, in this version or a newer one.
  std::optional<Expression> expression;
  std::int64_t subscription_version = 0;
  /// An offset that the group has consumed up to, and that is committed on the way.
  std::optional<std::int64_t> commit;
  /// How long the pull may wait for a message where there is none; nothing: it is answered at once.
  std::optional<std::int64_t> wait_ms;
};

/// What a pull is answered.
struct Pulled {
  model::delivery::PullVerdict verdict{};
  store::GetResult got;
};

/// Takes the answer to one pull. Must not suspend.
using Done = std::function<void(model::delivery::Outcome<Pulled>)>;

}  // namespace gantry::broker::pulling

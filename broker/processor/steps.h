#pragma once

#include "broker/config/broker_config.h"
#include "broker/statistics/statistics.h"
#include "runtime/remoting/request.h"
#include "runtime/remoting/server.h"

namespace gantry::broker::processor {

/// Makes every request of a broker pass its steps, in this order:
///
///     stamp_sends()      -- after:  the answer to a send gets what producers look for in it
///     check_names()      -- before: an illegal name goes no further
///     count_messages()   -- after:  what was stored, handed out, refused, or not found
///
/// So a send that is refused for its names has the stamps, too. To be called before the server listens.
/// `clock`, `config` and `statistics` outlive the server; `config` may change while it runs.
void add_steps(runtime::remoting::Server& server, const runtime::Clock& clock,
               const config::BrokerConfig& config, statistics::Statistics& statistics);

/// Adds MSG_REGION and TRACE_ON to each answer to a send, whoever gave it.
runtime::remoting::Step stamp_sends(const config::BrokerConfig& config);

/// Refuses with code 1 a request whose topic, group or client id is not legal, wherever its header keeps
/// them: see check_names.h. Whoever makes a topic or a group looks at its name once more, since not every
/// door has this step.
runtime::remoting::Step check_names();

/// Counts the messages that sends have stored and pulls have handed out, as their handlers said by
/// Responder::moved(), and how long a send took from its arrival on; the sends that stored nothing, and the
/// pulls that brought nothing.
runtime::remoting::Step count_messages(const runtime::Clock& clock, statistics::Statistics& statistics);

}  // namespace gantry::broker::processor

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
///     count_failures()   -- after:  sends that were refused, and pulls that found nothing
///
/// So a send that is refused for its names has the stamps, too. To be called before the server listens.
/// `config` and `statistics` outlive the server; `config` may change while it runs.
void add_steps(runtime::remoting::Server& server, const config::BrokerConfig& config,
               statistics::Statistics& statistics);

/// Adds MSG_REGION and TRACE_ON to each answer to a send, whoever gave it.
runtime::remoting::Step stamp_sends(const config::BrokerConfig& config);

/// Refuses with code 1 a request whose topic, group or client id is not legal, wherever its header keeps
/// them: see check_names.h. Services rely on it: they make topics and groups of these names.
runtime::remoting::Step check_names();

/// Counts the sends that stored nothing and the pulls that brought nothing. How many messages the others were
/// about is known to those who handle them, and counted there.
runtime::remoting::Step count_failures(statistics::Statistics& statistics);

}  // namespace gantry::broker::processor

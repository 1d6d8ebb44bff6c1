#pragma once

#include "broker/config/broker_config.h"
#include "runtime/remoting/server.h"

namespace gantry::broker::processor {

/// Makes every request of a broker pass its steps, in this order:
///
///     stamp_sends()    -- after:  the answer to a send gets what producers look for in it
///     check_names()    -- before: an illegal name goes no further
///
/// So a send that is refused for its names has the stamps, too. To be called before the server listens;
/// `config` outlives the server and may change while it runs.
void add_steps(runtime::remoting::Server& server, const config::BrokerConfig& config);

/// Adds MSG_REGION and TRACE_ON to each answer to a send, whoever gave it.
runtime::remoting::Step stamp_sends(const config::BrokerConfig& config);

/// Refuses with code 1 a request whose topic, group or client id is too long or has characters that names do
/// not have, wherever its header keeps them. Services rely on it: they make topics and groups of these names.
runtime::remoting::Step check_names();

}  // namespace gantry::broker::processor

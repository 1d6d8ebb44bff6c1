#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "runtime/clock.h"
#include "runtime/network.h"
#include "runtime/remoting/channel.h"

namespace gantry::runtime::remoting {

/// How a request has ended.
enum class Ending : std::uint8_t {
  outstanding,  ///< it has not: somebody still owes the answer
  answered,     ///< its answer was given to a connection that was open
  one_way,      ///< nobody wanted an answer
  dropped,      ///< no answer has left: its connection closed first, the server stopped first, or whoever
                ///< owed the answer let go of it
};

/// What is known of one request from its first step to its last. These are values: a copy stays true when
/// the request's frame and its connection are gone.
struct RequestContext {
  ChannelId channel{};    ///< the connection that it came by
  Endpoint peer;          ///< the other end of that connection
  std::string principal;  ///< who asks; empty until a step has found out and says so here
  std::int32_t code = 0;
  bool oneway = false;
  Instant begin;                  ///< when the last of its bytes was read
  std::size_t request_bytes = 0;  ///< of its body

  // These are set at its end, before the first after-step runs.
  Ending ending = Ending::outstanding;
  /// Of the answer that was given, which for `one_way` and `dropped` nobody receives.
  std::optional<std::int32_t> answer_code;
  std::size_t answer_bytes = 0;  ///< of that answer's body
  // What the handler said of it: see Responder::moved().
  std::int64_t messages = 0;       ///< that were stored, or handed out
  std::int64_t message_bytes = 0;  ///< of their bodies, if the handler knows
};

/// What every request of a Server passes, whoever handles it: a look at it before its handler, a look at its
/// end, or both.
///
///     before of step 1 --> before of 2 --> ... --> handler --> ... --> after of 2 --> after of 1
///                             \-- answers instead: what is left of the way forward does not happen
///
/// A step has run when its `before` has been called, or its turn came and it has none. When the request ends,
/// `after` is called of each step that has run, once, the last one first: also of the one that answered
/// instead of the handler, and also when there was no handler. Whatever the functions use must outlive
/// Server::stop(), or the server if the node crashes.
struct Step {
  /// Lets the request pass by returning nothing; a command answers it, be it what was asked for or a
  /// refusal. `request` and its views are valid until it returns. Runs on the connection's reading fiber and
  /// may suspend, as a handler may. Of `context` it may set the principal.
  std::function<std::optional<Command>(RequestContext& context, const CommandView& request)> before;

  /// Learns that the request has ended, and how: `context.ending`. `answer` is there when the request is
  /// `answered`; it is about to leave, and fields may be added to it.
  ///
  /// Runs on the fiber that answers, or that lets go of the request last, or that stops the server. That may
  /// be in a destructor and in the middle of another request, so it must not suspend and must not throw. When
  /// the connection closes, the request ends as soon as its holder answers or lets go: until then the holder
  /// is at work, and has what was granted to it. A request whose node crashes has no end, and nothing is
  /// called.
  std::function<void(const RequestContext& context, Command* answer)> after;
};

}  // namespace gantry::runtime::remoting

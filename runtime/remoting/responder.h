#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "runtime/remoting/channel.h"
#include "runtime/remoting/request.h"

namespace gantry::runtime::remoting {

class Pipeline;
struct Request;

/// For boost::intrusive_ptr, as those of Pipeline.
void intrusive_ptr_add_ref(Request* request);
void intrusive_ptr_release(Request* request);

/// The right and the duty to answer one request, now or later, from any fiber of the node.
///
/// Copies are the same right: the first answer counts, further ones have no effect, and a request that
/// nobody answered ends when the last copy goes.
///
/// A responder that can only be moved would say the same in its type, but could not be held by a
/// std::function, in which those who wait for the store or for another node keep theirs; and it would be as
/// large as what is known of the request. Here all copies share that state. It comes from a pool of the
/// server's Pipeline and is counted without atomics, because a node has one thread: neither a request nor a
/// copy allocates, and a responder is as large as a pointer.
class Responder {
 public:
  /// Owes nothing; answering has no effect, and there is nothing to ask it for.
  Responder() = default;
  explicit Responder(boost::intrusive_ptr<Request> request) : request_(std::move(request)) {}

  /// What is known of the request. Valid as long as this responder or a copy of it is.
  const RequestContext& context() const;
  /// The connection by which the request came, be it open or not.
  const std::shared_ptr<Channel>& channel() const;
  /// The number by which the peer knows the request.
  std::int32_t opaque() const;
  /// Whether nobody wants an answer.
  bool oneway() const { return context().oneway; }

  /// Notes how many messages the request has stored or handed out, and how many bytes their bodies have, for
  /// the steps that count. Called before the answer.
  void moved(std::int64_t messages, std::int64_t bytes) const;

  /// Answers: the after-steps see the response, then the connection gets it. Of a one-way request, and when
  /// the connection has closed, the steps learn how the request ends and the response goes nowhere. Without
  /// effect when the request has ended. Never suspends.
  void operator()(Command response) const;

 private:
  boost::intrusive_ptr<Request> request_;
};

/// Handles one request. `request` and all its views are valid until the handler returns; the answer
/// may be given later through `respond`. Runs on the connection's reading fiber: while it is
/// suspended, later requests of the same connection wait, those of others do not.
using Handler = std::function<void(const CommandView& request, Responder respond)>;

}  // namespace gantry::runtime::remoting

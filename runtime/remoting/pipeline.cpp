#include "runtime/remoting/pipeline.h"

#include <exception>
#include <utility>

#include "model/base/invariant.h"
#include "runtime/remoting/responder.h"

namespace gantry::runtime::remoting {

namespace {
void link(Request& request, RequestLink& before) {
  request.previous = before.previous;
  request.next = &before;
  before.previous->next = &request;
  before.previous = &request;
}

void unlink(Request& request) {
  request.previous->next = request.next;
  request.next->previous = request.previous;
  request.previous = request.next = &request;
}
}  // namespace

void intrusive_ptr_add_ref(Request* request) {
  ++request->holders;
}

void intrusive_ptr_release(Request* request) {
  if (--request->holders == 0) request->pipeline->let_go(*request);
}

// ---- the responder

const RequestContext& Responder::context() const {
  invariant(request_ != nullptr, "a responder that owes nothing is not asked");
  return request_->context;
}

const std::shared_ptr<Channel>& Responder::channel() const {
  invariant(request_ != nullptr, "a responder that owes nothing is not asked");
  return request_->channel;
}

std::int32_t Responder::opaque() const {
  invariant(request_ != nullptr, "a responder that owes nothing is not asked");
  return request_->opaque;
}

void Responder::moved(std::int64_t messages, std::int64_t bytes) const {
  invariant(request_ != nullptr, "a responder that owes nothing is told nothing");
  request_->context.messages = messages;
  request_->context.message_bytes = bytes;
}

void Responder::operator()(Command response) const {
  // A copy: a step may let go of the last one but us, and of us.
  if (const boost::intrusive_ptr<Request> request = request_)
    request->pipeline->answer(*request, std::move(response));
}

// ---- the way forward

void Pipeline::add(Step step) {
  steps_.push_back(std::move(step));
}

boost::intrusive_ptr<Request> Pipeline::begin(const Arrival& from, const CommandView& view) {
  std::unique_ptr<Request> fresh;
  if (spare_.empty()) {
    fresh = std::make_unique<Request>();
  } else {
    fresh = std::move(spare_.back());
    spare_.pop_back();
  }
  Request& request = *fresh;
  RequestContext& context = request.context;
  context.channel = from.id;
  context.peer = from.peer;
  context.principal.clear();
  context.code = view.code;
  context.oneway = view.is_oneway();
  context.begin = from.at;
  context.request_bytes = view.body.size();
  context.ending = Ending::outstanding;
  context.answer_code.reset();
  context.answer_bytes = 0;
  context.messages = 0;
  context.message_bytes = 0;
  request.channel = from.channel;
  request.pipeline = this;
  request.opaque = view.opaque;
  request.type = view.type;
  request.steps_run = 0;
  if (!steps_.empty()) link(request, outstanding_);
  return boost::intrusive_ptr<Request>(fresh.release());
}

std::optional<Command> Pipeline::before(Request& request, const CommandView& view) {
  for (const Step& step : steps_) {
    ++request.steps_run;
    if (!step.before) continue;
    if (auto answer = step.before(request.context, view)) return answer;
  }
  return std::nullopt;
}

// ---- the way back

void Pipeline::answer(Request& request, Command&& response) {
  RequestContext& context = request.context;
  if (context.ending != Ending::outstanding) return;
  context.answer_code = response.code;
  context.answer_bytes = response.body.size();
  if (context.oneway) return end(request, Ending::one_way, nullptr);
  // Without a step nobody wants to know; a closed channel swallows what it gets.
  if (request.steps_run > 0 && !request.channel->open()) return end(request, Ending::dropped, nullptr);
  end(request, Ending::answered, &response);
  request.channel->respond(request.opaque, request.type, std::move(response));
}

void Pipeline::let_go(Request& request) {
  // A destructor that unwinds is a crash: steps belong to a node that is gone.
  if (request.context.ending == Ending::outstanding && std::uncaught_exceptions() == 0) drop(request);
  unlink(request);
  std::unique_ptr<Request> ended(&request);
  ended->channel.reset();
  const auto self = std::move(ended->pipeline);  // maybe nobody else holds it
  if (!retired_ && spare_.size() < spare_max) spare_.push_back(std::move(ended));
}

void Pipeline::drop(Request& request) {
  end(request, request.context.oneway ? Ending::one_way : Ending::dropped, nullptr);
}

void Pipeline::end(Request& request, Ending ending, Command* answer) {
  unlink(request);
  request.context.ending = ending;
  if (retired_) return;
  for (std::size_t i = request.steps_run; i-- > 0;)
    if (steps_[i].after) steps_[i].after(request.context, answer);
}

void Pipeline::close() {
  while (outstanding_.next != &outstanding_) {
    // Held, so that a step that lets go of its last holder does not take it from under us.
    const boost::intrusive_ptr<Request> oldest(static_cast<Request*>(outstanding_.next));
    drop(*oldest);
  }
}

void Pipeline::retire() {
  retired_ = true;
  steps_.clear();
  spare_.clear();
}

}  // namespace gantry::runtime::remoting

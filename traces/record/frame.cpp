#include "traces/record/frame.h"

#include <fmt/format.h>

#include "model/protocol/codes.h"

namespace gantry::traces::record {

using model::protocol::RequestCode;
using model::protocol::ResponseCode;

std::vector<std::int64_t> facts_of(const Frame& f) {
  return {f.connection, f.side, f.begin, f.end, f.request, f.answer, f.opaque, f.queue, f.offset};
}

std::optional<Frame> frame_of(const Event& e) {
  if ((e.kind != "frame.sent" && e.kind != "frame.received") || e.facts.size() != 9) return std::nullopt;
  const auto& f = e.facts;
  return Frame{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]};
}

namespace {
template <class Code>
std::string name(std::int64_t number) {
  const std::string_view known = name_of(static_cast<Code>(number));
  return known == "UNKNOWN" ? fmt::format("code {}", number) : std::string(known);
}
}  // namespace

std::string label_of(const Frame& f) {
  const std::string request = f.request < 0 ? "answer" : name<RequestCode>(f.request);
  return f.is_answer() ? request + ": " + name<ResponseCode>(f.answer) : request;
}

}  // namespace gantry::traces::record

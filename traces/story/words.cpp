#include "traces/story/words.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "model/base/utf8.h"

namespace gantry::traces::story {

namespace {

std::int64_t fact(const Step& step, std::size_t index) {
  return index < step.facts.size() ? step.facts[index] : -1;
}

/// " m4 m5", or nothing.
std::string about(const Timeline& t, const Step& step) {
  return step.messages.empty() ? "" : " " + t.names_of(step.messages);
}

std::string frame_words(const Timeline& t, const Step& step) {
  const record::Frame& f = step.frame;
  std::string out = label_of(f) + about(t, step);
  const bool failed = f.is_answer() && f.answer != 0;
  if (failed) return out;
  if (f.queue >= 0) out += fmt::format(", queue {}", f.queue);
  if (f.offset >= 0 && step.messages.size() <= 1) out += fmt::format(" offset {}", f.offset);
  if (f.queue < 0 && !f.is_answer() && step.messages.empty() && !step.text.empty()) out += " " + step.text;
  return out;
}

std::string write_words(const Timeline& t, const Step& step) {
  if (step.places.empty()) return "writes records without a name";
  std::string out = "writes" + about(t, step);
  const LogPlace& first = step.places.front();
  const LogPlace& last = step.places.back();
  return out + fmt::format(" at log {}–{}", first.physical_offset, last.physical_offset + last.bytes);
}

std::string with_messages(const Timeline& t, const Step& step, std::string_view before) {
  return step.messages.empty() ? "" : fmt::format("{}{}", before, t.names_of(step.messages));
}

}  // namespace

std::string words(const Timeline& t, const Step& step) {
  switch (step.what) {
    case What::start: return fact(step, 0) > 1 ? fmt::format("starts, life {}", fact(step, 0)) : "starts";
    case What::end: return "ends";
    case What::kill: return "is killed";
    case What::power_loss: return "power lost" + with_messages(t, step, "; not synced: ");
    case What::power_on: return "power is back";
    case What::fault_begin: return fmt::format("fault {}: {}", fact(step, 0), fault_words(step));
    case What::fault_end:
      return fmt::format("fault {} ends: {}", fact(step, 0), step.text.substr(0, step.text.find(' ')));
    case What::frame: return frame_words(t, step);
    case What::write: return write_words(t, step);
    case What::write_failed: return fmt::format("write at log {} fails", fact(step, 0));
    case What::sync: return "log synced" + with_messages(t, step, "; durable: ");
    case What::sync_failed: return "sync of the log fails" + with_messages(t, step, "; in doubt: ");
    case What::sending: return "send" + about(t, step);
    case What::acknowledged: return "SEND_OK" + about(t, step);
    case What::refused: return "send fails:" + about(t, step);
    case What::queue_taken:
      return fmt::format("takes {}queue {}{} from offset {}", step.text.empty() ? "" : step.text + " ",
                         fact(step, 0), step.to ? " of " + t.lanes[*step.to].name : "", fact(step, 1));
    case What::queue_lost: return fmt::format("gives up queue {} at offset {}", fact(step, 0), fact(step, 1));
    case What::consumed:
      return fmt::format("consumes{}, queue {} offset {}", about(t, step), fact(step, 0), fact(step, 1));
    case What::stored:
      return fmt::format("finds{} in queue {} at offset {}", about(t, step), fact(step, 0), fact(step, 1));
    case What::audit: return fact(step, 0) == 1 ? "has read every queue" : "could not read every queue";
    case What::log: return step.text;
  }
  return {};
}

std::string_view fault_value(const Step& fault, std::string_view key) {
  const std::string begin = fmt::format(" {}=", key);
  const std::size_t at = fault.text.find(begin);
  if (at == std::string::npos) return {};
  const std::string_view rest = std::string_view(fault.text).substr(at + begin.size());
  return rest.substr(0, rest.find(' '));
}

std::string fault_words(const Step& fault) {
  std::string out = fault.text.substr(0, fault.text.find(' '));
  if (const auto peer = fault_value(fault, "peer"); !peer.empty()) out += fmt::format(" with {}", peer);
  if (const auto part = fault_value(fault, "part"); !part.empty()) out += fmt::format(" of {}", part);
  if (const auto amount = fault_value(fault, "amount"); !amount.empty()) out += fmt::format(" by {}", amount);
  std::int64_t ms = 0;
  const std::string_view duration = fault_value(fault, "duration");
  std::from_chars(duration.data(), duration.data() + duration.size(), ms);
  if (is_momentary(fault)) return out;
  if (ms < 0) out += " for good";
  if (ms > 0) out += " for " + span_text(ms * 1'000'000);
  return out;
}

std::string time_text(std::int64_t ns) {
  return fmt::format("{}.{:04} s", ns / 1'000'000'000, ns % 1'000'000'000 / 100'000);
}

std::string span_text(std::int64_t ns) {
  if (ns < 1'000'000) return fmt::format("{} µs", ns / 1000);
  if (ns < 1'000'000'000) return fmt::format("{}.{} ms", ns / 1'000'000, ns % 1'000'000 / 100'000);
  return fmt::format("{}.{} s", ns / 1'000'000'000, ns % 1'000'000'000 / 100'000'000);
}

std::string shortened(std::string_view text, std::size_t bytes_max) {
  constexpr std::size_t mark_bytes = 3;  // of the ellipsis
  const bool whole = text.size() <= bytes_max;
  std::string line(whole ? text : first_of_utf8(text, bytes_max > mark_bytes ? bytes_max - mark_bytes : 0));
  std::ranges::replace(line, '\n', ' ');
  return whole ? line : line + "…";
}

}  // namespace gantry::traces::story

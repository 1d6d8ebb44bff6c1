#include "model/protocol/send_headers.h"

#include <bit>
#include <charconv>

#include "model/protocol/header_codec.h"

namespace gantry::model::protocol {

namespace {

/// Reads numbers of one send; keeps the first letter whose value is none.
struct LetterReader {
  const char* wrong = nullptr;
  template <class Number>
  void number(const char* letter, std::string_view text, Number& into) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    if ((error != std::errc() || stop != text.data() + text.size()) && wrong == nullptr) wrong = letter;
  }
};

constexpr std::string_view letters = "abcdefghijklmn";
constexpr unsigned required_letters = 0xFF;  // a to h

/// Whether an empty value stands for none: that of a group or a topic, as FieldReader::name() has it, and
/// that of what may be left out.
constexpr bool is_absent_when_empty(unsigned index) {
  return index < 2 || index >= 8;
}

/// The letter as a name with static storage.
const char* letter_name(unsigned index) {
  static constexpr char names[] = "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n";
  return names + 2 * index;
}

}  // namespace

SendHeader SendHeader::read(FieldReader& in) {
  SendHeader header;
  header.producer_group = in.name("producerGroup");
  header.topic = in.name("topic");
  header.default_topic = in.text("defaultTopic");
  header.default_topic_queue_nums = in.i32("defaultTopicQueueNums");
  header.queue_id = in.i32("queueId");
  header.sys_flag = in.i32("sysFlag");
  header.born_timestamp = in.i64("bornTimestamp");
  header.flag = in.i32("flag");
  header.properties = in.text_or("properties");
  header.reconsume_times = in.i32_or("reconsumeTimes", 0);
  header.unit_mode = in.flag_or("unitMode");
  header.max_reconsume_times = in.i32_if("maxReconsumeTimes");
  header.batch = in.flag_or("batch");
  header.broker_name = in.text_or("bname");
  return header;
}

void SendHeader::write(Fields& to) const {
  to.add("producerGroup", producer_group);
  to.add("topic", topic);
  to.add("defaultTopic", default_topic);
  to.add("defaultTopicQueueNums", default_topic_queue_nums);
  to.add("queueId", queue_id);
  to.add("sysFlag", sys_flag);
  to.add("bornTimestamp", born_timestamp);
  to.add("flag", flag);
  if (!properties.empty()) to.add("properties", properties);
  to.add("reconsumeTimes", reconsume_times);
  to.add("unitMode", unit_mode);
  if (max_reconsume_times) to.add("maxReconsumeTimes", *max_reconsume_times);
  to.add("batch", batch);
  if (!broker_name.empty()) to.add("bname", broker_name);
}

void SendHeader::write_v2(Fields& to) const {
  to.reserve(letters.size());
  to.add("a", producer_group);
  to.add("b", topic);
  to.add("c", default_topic);
  to.add("d", default_topic_queue_nums);
  to.add("e", queue_id);
  to.add("f", sys_flag);
  to.add("g", born_timestamp);
  to.add("h", flag);
  if (!properties.empty()) to.add("i", properties);
  to.add("j", reconsume_times);
  to.add("k", unit_mode);
  if (max_reconsume_times) to.add("l", *max_reconsume_times);
  to.add("m", batch);
  if (!broker_name.empty()) to.add("n", broker_name);
}

/// One pass over the fields: this stands on the path of every send.
HeaderResult<SendHeader> SendHeader::read_v2(const CommandView& from) {
  SendHeader header;
  LetterReader in;
  unsigned seen = 0;
  for (const auto& [name, value] : from.fields()) {
    if (name.size() != 1 || name[0] < letters.front() || name[0] > letters.back()) continue;
    const auto index = static_cast<unsigned>(name[0] - letters.front());
    const char* const letter = letter_name(index);
    if (value.empty() && is_absent_when_empty(index)) continue;
    seen |= 1u << index;
    switch (name[0]) {
      case 'a': header.producer_group = value; break;
      case 'b': header.topic = value; break;
      case 'c': header.default_topic = value; break;
      case 'd': in.number(letter, value, header.default_topic_queue_nums); break;
      case 'e': in.number(letter, value, header.queue_id); break;
      case 'f': in.number(letter, value, header.sys_flag); break;
      case 'g': in.number(letter, value, header.born_timestamp); break;
      case 'h': in.number(letter, value, header.flag); break;
      case 'i': header.properties = value; break;
      case 'j': in.number(letter, value, header.reconsume_times); break;
      case 'k': header.unit_mode = parse_flag(value); break;
      case 'l': in.number(letter, value, header.max_reconsume_times.emplace()); break;
      case 'm': header.batch = parse_flag(value); break;
      default: header.broker_name = value; break;
    }
  }
  const unsigned missing = required_letters & ~seen;
  if (missing != 0) return FieldError{letter_name(static_cast<unsigned>(std::countr_zero(missing))), true};
  if (in.wrong != nullptr) return FieldError{in.wrong, false};
  return header;
}

HeaderResult<SendHeader> read_send_header(const CommandView& from) {
  const auto code = static_cast<RequestCode>(from.code);
  const bool by_names = code == RequestCode::send_message || code == RequestCode::send_reply_message;
  return by_names ? read_header<SendHeader>(from) : SendHeader::read_v2(from);
}

SendResponseHeader SendResponseHeader::read(FieldReader& in) {
  SendResponseHeader header;
  header.msg_id = in.text("msgId");
  header.queue_id = in.i32("queueId");
  header.queue_offset = in.i64("queueOffset");
  header.transaction_id = in.text_or("transactionId");
  header.region = in.text_or("MSG_REGION");
  header.trace_on = in.text_or("TRACE_ON");
  return header;
}

void SendResponseHeader::write(Fields& to) const {
  to.add("msgId", msg_id);
  to.add("queueId", queue_id);
  to.add("queueOffset", queue_offset);
  if (!transaction_id.empty()) to.add("transactionId", transaction_id);
  if (!region.empty()) to.add("MSG_REGION", region);
  if (!trace_on.empty()) to.add("TRACE_ON", trace_on);
}

template struct HeaderFields<SendBackHeader>;
template struct HeaderFields<EndTransactionHeader>;
template struct HeaderFields<CheckTransactionStateHeader>;
template struct HeaderFields<PushReplyHeader>;

}  // namespace gantry::model::protocol

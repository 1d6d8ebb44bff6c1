#include "properties/cases/case.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "broker/config/broker_config.h"
#include "model/message/names.h"

namespace gantry::properties::cases {

using sim::faults::Fault;

namespace {
constexpr std::int64_t drift_max_ppm = 100'000;
constexpr std::int64_t step_max_ms = 366LL * 24 * 3600 * 1000;
constexpr auto set_by_the_run =
    std::to_array<std::string_view>({"brokerName", "brokerIP1", "brokerIP2", "listenPort", "storePathRootDir",
                                     "defaultTopicQueueNums", "namesrvAddr"});
}  // namespace

std::int64_t Case::quiet_from_ms() const {
  std::int64_t last = 0;
  for (const Send& send : sends) last = std::max(last, send.at_ms);
  for (const Fault& fault : faults)
    last = std::max(last, fault.anchor.at_ms + (happens_once(fault.kind) ? 0 : fault.duration_ms));
  return last;
}

// ---------------------------------------------------------------------------- writing

namespace {

std::string text_of(const Fault& f) {
  std::string line = fmt::format("fault {} {} target={}", f.id, name_of(f.kind), f.target);
  if (!f.peer.empty()) line += " peer=" + f.peer;
  if (f.anchor.event.empty()) line += fmt::format(" at={}", f.anchor.at_ms);
  else line += fmt::format(" event={} occurrence={}", f.anchor.event, f.anchor.occurrence);
  line += fmt::format(" duration={}", f.duration_ms);
  if (f.amount != 0) line += fmt::format(" amount={}", f.amount);
  if (!f.part.empty()) line += " part=" + f.part;
  return line + "\n";
}

std::string text_of(const ConsumerSpec& k) {
  const ConsumerSpec plain;
  std::string line = fmt::format("consumer {} {} {}", k.name, k.group, k.topic);
  if (k.listener_ms != plain.listener_ms) line += fmt::format(" listener={}", k.listener_ms);
  if (k.threads != plain.threads) line += fmt::format(" threads={}", k.threads);
  return line + "\n";
}

}  // namespace

std::string to_text(const Case& c) {
  std::string out = fmt::format("gantry-case {}\nnoise {}\n", Case::format, c.noise);
  for (const auto& n : c.namesrvs) out += "namesrv " + n.name + "\n";
  for (const auto& b : c.brokers) {
    out += "broker " + b.name;
    for (const auto& [key, value] : b.config) out += " " + key + "=" + value;
    out += "\n";
  }
  for (const auto& t : c.topics) out += fmt::format("topic {} {}\n", t.name, t.queues);
  for (const auto& p : c.producers) out += "producer " + p.name + "\n";
  for (const auto& k : c.consumers) out += text_of(k);
  for (const auto& s : c.sends)
    out += fmt::format("send {} {} {} {} {}\n", s.at_ms, s.producer, s.topic, s.id, s.bytes);
  for (const Fault& f : c.faults) out += text_of(f);
  return out;
}

// ---------------------------------------------------------------------------- reading

namespace {

using Words = std::vector<std::string_view>;

Words split(std::string_view line) {
  Words words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t begin = line.find_first_not_of(" \t\r", at);
    if (begin == std::string_view::npos || line[begin] == '#') break;
    const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    at = end;
  }
  return words;
}

/// Reads one file. It stops at the first error.
class Reader {
 public:
  boost::system::result<Case, ParseError> read(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && error_.message.empty()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      ++line_;
      if (const Words words = split(text.substr(at, end - at)); !words.empty()) record(words);
      at = end + 1;
    }
    if (error_.message.empty() && !headed_) fail("the file is empty; expected `gantry-case 1` first");
    if (error_.message.empty()) check_names();
    if (!error_.message.empty()) return error_;
    return std::move(case_);
  }

 private:
  void fail(std::string message) {
    if (error_.message.empty()) error_ = {line_, std::move(message)};
  }

  void record(const Words& w) {
    if (!headed_) {
      headed_ = true;
      if (w.size() != 2 || w[0] != "gantry-case")
        fail(fmt::format("expected `gantry-case 1`, found `{}`", w[0]));
      else if (w[1] != "1")
        fail(fmt::format("this build reads case format 1, the file is of format {}", w[1]));
    } else if (w[0] == "noise") {
      if (counted(w, 2, "noise NUMBER")) case_.noise = number<std::uint64_t>(w[1], 0, UINT64_MAX, "noise");
    } else if (w[0] == "namesrv") {
      if (counted(w, 2, "namesrv NAME")) {
        declares(Declared::machine, w[1]);
        case_.namesrvs.push_back({std::string(w[1])});
      }
    } else if (w[0] == "broker") {
      broker(w);
    } else if (w[0] == "topic") {
      topic(w);
    } else if (w[0] == "producer") {
      producer(w);
    } else if (w[0] == "consumer") {
      consumer(w);
    } else if (w[0] == "send") {
      send(w);
    } else if (w[0] == "fault") {
      fault(w);
    } else {
      fail(fmt::format(
          "expected noise, namesrv, broker, topic, producer, consumer, send or fault, found `{}`", w[0]));
    }
  }

  bool counted(const Words& w, std::size_t words, std::string_view form) {
    if (w.size() != words) fail(fmt::format("expected `{}`, found {} words", form, w.size()));
    return w.size() == words;
  }

  template <class N>
  N number(std::string_view text, N least, N most, std::string_view what) {
    N value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || value < least || value > most)
      fail(fmt::format("expected {} as a number from {} to {}, found `{}`", what, least, most, text));
    return value;
  }

  static std::pair<std::string_view, std::string_view> setting(std::string_view word) {
    const std::size_t equals = word.find('=');
    return {word.substr(0, equals), equals == std::string_view::npos ? "" : word.substr(equals + 1)};
  }

  void topic(const Words& w) {
    if (!counted(w, 3, "topic NAME QUEUES")) return;
    declares(Declared::topic, w[1]);
    if (const auto legal = model::message::check_topic(w[1]); !legal)
      fail(fmt::format("expected a topic, found `{}`: {}", w[1], legal.error().detail));
    case_.topics.push_back({std::string(w[1]), number<std::int32_t>(w[2], 1, 64, "queues")});
    // A broker creates them by itself, all with the same number of queues.
    if (case_.topics.back().queues != case_.topics.front().queues)
      fail(fmt::format("expected {} queues, as the first topic has", case_.topics.front().queues));
  }

  void producer(const Words& w) {
    if (!counted(w, 2, "producer NAME")) return;
    declares(Declared::machine, w[1]);
    declares(Declared::producer, w[1]);
    case_.producers.push_back({std::string(w[1])});
  }

  void consumer(const Words& w) {
    if (w.size() < 4) return fail("expected `consumer NAME GROUP TOPIC [listener=MS] [threads=N]`");
    declares(Declared::machine, w[1]);
    names(Declared::topic, w[3]);
    if (const auto legal = model::message::check_group(w[2]); !legal)
      fail(fmt::format("expected a group, found `{}`: {}", w[2], legal.error().detail));
    ConsumerSpec spec{.name = std::string(w[1]), .group = std::string(w[2]), .topic = std::string(w[3])};
    for (std::size_t i = 4; i < w.size(); ++i) {
      const auto [key, value] = setting(w[i]);
      if (key == "listener") spec.listener_ms = number<std::int64_t>(value, 0, max_ms, key);
      else if (key == "threads") spec.threads = number<std::int32_t>(value, 1, 64, key);
      else return fail(fmt::format("a consumer has no `{}`", key));
    }
    case_.consumers.push_back(std::move(spec));
  }

  void send(const Words& w) {
    if (!counted(w, 6, "send AT_MS PRODUCER TOPIC ID BYTES")) return;
    names(Declared::producer, w[2]);
    names(Declared::topic, w[3]);
    Send s;
    s.at_ms = number<std::int64_t>(w[1], 0, max_ms, "at");
    s.producer = w[2];
    s.topic = w[3];
    s.id = w[4];
    declares(Declared::send, s.id);
    s.bytes = number<std::int32_t>(w[5], 1, 4 << 20, "bytes");
    case_.sends.push_back(std::move(s));
  }

  void broker(const Words& w) {
    if (w.size() < 2) return fail("expected `broker NAME [KEY=VALUE ...]`");
    declares(Declared::machine, w[1]);
    BrokerSpec spec{std::string(w[1]), {}};
    for (std::size_t i = 2; i < w.size(); ++i) {
      const std::size_t equals = w[i].find('=');
      if (equals == std::string_view::npos) return fail(fmt::format("expected KEY=VALUE, found `{}`", w[i]));
      spec.config[std::string(w[i].substr(0, equals))] = w[i].substr(equals + 1);
    }
    check_config(spec);
    case_.brokers.push_back(std::move(spec));
  }

  /// A case may have only what a broker accepts without a warning.
  void check_config(const BrokerSpec& spec) {
    for (const std::string_view key : set_by_the_run)
      if (spec.config.contains(std::string(key))) fail(fmt::format("{}: the run sets it", key));
    broker::config::BrokerConfig config;
    std::vector<broker::config::Property> properties;
    for (const auto& [key, value] : spec.config) properties.push_back({key, value, line_});
    for (const auto& wrong : broker::config::bind(config).apply(properties))
      fail(fmt::format("{}: {}", wrong.key, wrong.text));
  }

  void fault(const Words& w) {
    if (w.size() < 4) return fail("expected `fault ID KIND target=NAME at=MS duration=MS`");
    Fault f;
    f.anchor.at_ms = f.duration_ms = -1;  // says that it was not given
    f.id = number<std::int32_t>(w[1], 1, INT32_MAX, "id");
    declares(Declared::fault, std::to_string(f.id));
    if (const auto kind = sim::faults::kind_of(w[2])) f.kind = *kind;
    else return fail(fmt::format("no kind of fault is called `{}`; there are {}", w[2], all_kinds()));
    for (std::size_t i = 3; i < w.size(); ++i) {
      const auto [key, value] = setting(w[i]);
      if (key == "target") f.target = value;
      else if (key == "peer") f.peer = value;
      else if (key == "at") f.anchor.at_ms = number<std::int64_t>(value, 0, max_ms, key);
      else if (key == "event") f.anchor.event = value;
      else if (key == "occurrence") f.anchor.occurrence = number<std::uint64_t>(value, 1, UINT64_MAX, key);
      else if (key == "duration") f.duration_ms = number<std::int64_t>(value, 0, max_ms, key);
      else if (key == "amount") f.amount = number<std::int64_t>(value, INT64_MIN, INT64_MAX, key);
      else if (key == "part") f.part = value;
      else return fail(fmt::format("a fault has no `{}`", key));
    }
    check_fault(f);
    names(Declared::machine, f.target);
    if (!f.peer.empty()) names(Declared::machine, f.peer);
    f.anchor.at_ms = std::max<std::int64_t>(f.anchor.at_ms, 0);
    f.duration_ms = std::max<std::int64_t>(f.duration_ms, 0);
    case_.faults.push_back(std::move(f));
  }

  void check_fault(const Fault& f) {
    using sim::faults::Kind;
    const bool timed = f.anchor.at_ms >= 0, on_event = !f.anchor.event.empty();
    if (timed == on_event) fail("expected one of `at=MS` and `event=KIND occurrence=N`");
    else if (on_event && !sim::faults::is_anchor(f.anchor.event))
      fail(fmt::format("no process does `{}`: expected a kind of event or the name of a probe",
                       f.anchor.event));
    if (!f.peer.empty() && f.peer == f.target)
      fail(fmt::format("expected another peer than `{}` itself", f.peer));
    if (!f.peer.empty() && !is_of_link(f.kind)) fail(fmt::format("a {} has no peer", name_of(f.kind)));
    if (f.duration_ms < 0 && !happens_once(f.kind)) fail("expected `duration=MS`");
    check_amount(f);
    if (f.kind == Kind::disk_error ? f.part != "sync" && f.part != "write" && f.part != "read"
                                   : !f.part.empty())
      fail(f.kind == Kind::disk_error ? fmt::format("expected part=sync, write or read, found `{}`", f.part)
                                      : fmt::format("a {} has no part", name_of(f.kind)));
  }

  void check_amount(const Fault& f) {
    using sim::faults::Kind;
    const auto within = [&](std::int64_t least, std::int64_t most, std::string_view unit) {
      if (f.amount < least || f.amount > most)
        fail(fmt::format("expected amount from {} to {} {}, found {}", least, most, unit, f.amount));
    };
    const bool has_amount = is_of_clock(f.kind) || f.kind == Kind::delay || f.kind == Kind::disk_slow;
    if (f.amount == 0 && has_amount)
      fail(fmt::format("expected `amount=N`: a {} of 0 is none", name_of(f.kind)));
    if (f.amount != 0 && !has_amount && f.kind != Kind::disk_error)
      fail(fmt::format("a {} has no amount", name_of(f.kind)));
    if (f.kind == Kind::clock_drift) within(-drift_max_ppm, drift_max_ppm, "ppm");
    if (f.kind == Kind::clock_step) within(-step_max_ms, step_max_ms, "ms");
    if (f.kind == Kind::delay || f.kind == Kind::disk_slow) within(0, max_ms, "ms");
  }

  static std::string all_kinds() {
    std::string all;
    for (const auto kind : sim::faults::all_kinds())
      all += fmt::format("{}{}", all.empty() ? "" : ", ", name_of(kind));
    return all;
  }

  enum class Declared { machine, producer, topic, fault, send };

  void declares(Declared what, std::string_view name) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    if (what != Declared::topic && name.find_first_not_of(plain) != std::string_view::npos)
      fail(fmt::format("expected letters, digits, `_`, `-` and `.` in a name, found `{}`", name));
    if (what == Declared::machine && name == auditor)
      fail(fmt::format("`{}` is the machine that reads all queues in the end", name));
    if (!declared_[what].insert(std::string(name)).second) fail(fmt::format("`{}` is declared twice", name));
  }
  /// The name must be declared somewhere in the file: the order of records does not matter.
  void names(Declared what, std::string_view name) { named_.push_back({line_, what, std::string(name)}); }

  void check_names() {
    static constexpr const char* words[] = {"machine", "producer", "topic", "fault", "send"};
    for (const Named& n : named_) {
      line_ = n.line;
      if (!declared_[n.what].contains(n.name))
        fail(fmt::format("no {} is called `{}`", words[static_cast<int>(n.what)], n.name));
    }
    if (case_.namesrvs.empty()) fail("expected at least one namesrv");
    if (case_.brokers.empty()) fail("expected at least one broker");
  }

  static constexpr std::int64_t max_ms = 7LL * 24 * 3600 * 1000;
  struct Named {
    int line;
    Declared what;
    std::string name;
  };
  Case case_;
  std::map<Declared, std::set<std::string>> declared_;
  std::vector<Named> named_;
  ParseError error_;
  int line_ = 0;
  bool headed_ = false;
};

}  // namespace

boost::system::result<Case, ParseError> parse(std::string_view text) {
  return Reader().read(text);
}

}  // namespace gantry::properties::cases

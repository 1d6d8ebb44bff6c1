#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "traces/record/frame.h"
#include "traces/record/record.h"
#include "traces/record/sort.h"

namespace gantry::traces {

/// Writes a run by hand: a producer, a broker with a log, a consumer of group CG, an auditor. Times are in
/// milliseconds.
class SmallRun {
 public:
  SmallRun() {
    record_.build = "by hand";
    record_.hash = "0123456789abcdef0123456789abcdef";
    record_.verdict = "every claim held";
    record_.case_text = "gantry-case 1\n";
    record_.nodes = {{"producer", "p1/main", {}},
                     {"broker", "broker-a/main", "ASYNC_FLUSH"},
                     {"consumer", "c1/main", "CG TopicTest"},
                     {"consumer", "c2/main", "CG TopicTest"},
                     {"auditor", "auditor/main", {}}};
    for (const char* node : {"p1/main", "broker-a/main", "c1/main"}) add(0, node, "process.start", {1});
    // The producer connects as 1, the first consumer as 2.
    add(1, "broker-a/main", "net.accept", {10911, 1});
    add(1, "p1/main", "net.connected", {10911, 1});
    add(1, "broker-a/main", "net.accept", {10911, 2});
    add(1, "c1/main", "net.connected", {10911, 2});
  }

  record::Event& add(std::int64_t at_ms, std::string node, std::string kind,
                     std::vector<std::int64_t> facts = {}, std::vector<std::size_t> messages = {},
                     std::string text = {}) {
    record_.events.push_back({at_ms * 1'000'000, std::move(node), 1, 1, std::move(kind), std::move(facts),
                              std::move(messages), std::move(text)});
    return record_.events.back();
  }

  std::size_t message(const std::string& id) {
    record_.messages.push_back({"KEY" + id, id});
    return record_.messages.size() - 1;
  }

  struct Way {
    std::int64_t connection = 1;
    std::int64_t request = 310;
    std::int64_t answer = -1;
    std::int64_t queue = 0, offset = -1;
    std::string text = "TopicTest";
    bool arrives = true;
  };
  /// A frame that takes a millisecond.
  void frame(std::int64_t at_ms, const std::string& from, const std::string& to, const Way& way,
             std::vector<std::size_t> messages = {}) {
    const std::int64_t side = from == "broker-a/main" ? 1 : 0;
    position_ += 100;
    const record::Frame f{way.connection, side, position_ - 100, position_, way.request,
                          way.answer,     1,    way.queue,       way.offset};
    add(at_ms, from, "frame.sent", facts_of(f), messages, way.text);
    if (way.arrives) add(at_ms + 1, to, "frame.received", facts_of(f), std::move(messages), way.text);
  }

  /// A write of one record to the log, which returns a millisecond later.
  void write(std::int64_t at_ms, std::size_t message, std::int64_t physical, std::int64_t queue_offset) {
    add(at_ms, "broker-a/main", "disk.write", {physical, 200}, {}, log);
    add(at_ms, "broker-a/main", "log.record", {physical, 200, 0, queue_offset}, {message}, "TopicTest");
    add(at_ms + 1, "broker-a/main", "disk.written", {physical, 200}, {}, log);
  }
  void sync(std::int64_t at_ms, bool fails = false) {
    add(at_ms, "broker-a/main", "disk.sync", {4096, 200}, {}, log);
    add(at_ms + 2, "broker-a/main", fails ? "disk.sync-failed" : "disk.synced", {4096}, {}, log);
  }

  /// From the send to SEND_OK, 5 ms.
  void send(std::int64_t at_ms, std::size_t m, std::int64_t physical, std::int64_t queue_offset) {
    add(at_ms, "p1/main", "message.sending", {}, {m});
    frame(at_ms, "p1/main", "broker-a/main", {}, {m});
    write(at_ms + 2, m, physical, queue_offset);
    frame(at_ms + 4, "broker-a/main", "p1/main", {.answer = 0, .offset = queue_offset}, {m});
    add(at_ms + 5, "p1/main", "message.acknowledged", {0, queue_offset}, {m}, "broker-a TopicTest");
  }
  void consume(std::int64_t at_ms, const std::string& node, std::size_t m, std::int64_t queue_offset) {
    frame(at_ms, "broker-a/main", node, {.connection = 2, .request = 11, .answer = 0, .offset = queue_offset},
          {m});
    add(at_ms + 1, node, "message.consumed", {0, queue_offset, 1}, {m}, "CG broker-a TopicTest");
  }
  void lose_power(std::int64_t at_ms, std::int64_t back_ms) {
    add(at_ms, "world", "fault.begin", {1}, {}, "power_loss target=broker-a at=0 duration=1000");
    add(at_ms, "world", "machine.power-loss", {1}, {}, "broker-a");
    add(back_ms, "world", "fault.end", {1}, {}, "power_loss target=broker-a at=0 duration=1000");
    add(back_ms, "world", "machine.power-on", {1}, {}, "broker-a");
    add(back_ms, "broker-a/main", "process.start", {2});
  }
  void found(std::int64_t at_ms, std::size_t m, std::int64_t physical, std::int64_t queue_offset) {
    add(at_ms, "auditor/main", "message.stored", {0, queue_offset, physical, 1}, {m}, "broker-a TopicTest");
  }
  void audited(std::int64_t at_ms) { add(at_ms, "auditor/main", "audit.end", {1}); }

  /// In order of time, whatever was said first.
  record::Record record() const {
    record::Record sorted = record_;
    record::sort_stably(sorted.events, [](const record::Event& e) { return e.at_ns; });
    return sorted;
  }

 private:
  static constexpr const char* log = "/main/store/commitlog/00000000000000000000";
  record::Record record_;
  std::int64_t position_ = 0;
};

/// m1 is sent, acknowledged and consumed, and durable; m2 is acknowledged, and the power goes before the
/// sync; m3 gets its place.
inline SmallRun run_with_a_loss() {
  SmallRun run;
  const std::size_t m1 = run.message("m1"), m2 = run.message("m2"), m3 = run.message("m3");
  run.send(1000, m1, 0, 0);
  run.consume(1010, "c1/main", m1, 0);
  run.sync(1500);
  run.send(3000, m2, 200, 1);
  run.consume(3010, "c1/main", m2, 1);
  run.lose_power(3100, 4100);
  run.send(6000, m3, 200, 1);
  run.consume(6010, "c1/main", m3, 1);
  run.sync(6500);
  run.found(9000, m1, 0, 0);
  run.found(9000, m3, 200, 1);
  run.audited(9000);
  return run;
}

}  // namespace gantry::traces

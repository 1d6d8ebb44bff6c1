#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "broker/store/message_store.h"
#include "model/layout/record.h"
#include "runtime/runtime.h"
#include "runtime/sync/future.h"
#include "sim/observer.h"
#include "sim/simulation.h"

namespace gantry::broker::store::testing {

/// A store with files so small that a few messages fill them.
inline StoreConfig small_config(FlushMode flush = FlushMode::async_flush) {
  StoreConfig config;
  config.commit_log_file_bytes = 4096;
  config.consume_queue_file_bytes = 10 * 20;
  config.flush = flush;
  config.memory_bytes = 1;  // a ring of four files, which is the least
  config.store_host = {"10.0.0.1", 10911};
  return config;
}

inline PutMessage message(std::string_view topic, std::string_view body, std::string_view properties = {},
                          std::int32_t queue_id = 0) {
  PutMessage put;
  put.topic = topic;
  put.queue_id = queue_id;
  put.born_timestamp = 1'700'000'000'000;
  put.born_host = model::message::host_of("10.0.0.9", 4711).value();
  put.body = as_bytes(body);
  put.properties = properties;
  return put;
}

inline std::unique_ptr<MessageStore> open(runtime::Runtime runtime, const StoreConfig& config) {
  return MessageStore::open(runtime, config).value();
}

/// Waits until the store has answered for everything below `end`.
inline PutStatus stored(MessageStore& store, runtime::Runtime runtime, PhysicalOffset end, bool sync = true) {
  runtime::sync::Promise<PutStatus> promise(runtime.tasks);
  auto future = promise.future();
  auto shared = std::make_shared<runtime::sync::Promise<PutStatus>>(std::move(promise));
  store.when_stored(end, sync, [shared](PutStatus status) { shared->set(status); });
  return future.get().value();
}

/// Appends and waits.
inline boost::system::result<Placed, PutStatus> put(MessageStore& store, runtime::Runtime runtime,
                                                    std::span<const PutMessage> batch) {
  auto placed = store.append(batch);
  if (!placed) return placed;
  const PutStatus status = stored(store, runtime, placed->end);
  if (status != PutStatus::ok) return status;
  return placed;
}
inline boost::system::result<Placed, PutStatus> put(MessageStore& store, runtime::Runtime runtime,
                                                    const PutMessage& one) {
  return put(store, runtime, std::span(&one, 1));
}

/// What a reader makes of one record.
struct Read {
  std::int64_t queue_offset;
  std::string body;
  friend bool operator==(const Read&, const Read&) = default;
};

inline std::vector<Read> records_of(const GetResult& result) {
  std::vector<Read> read;
  for (Bytes rest = result.records; !rest.empty();) {
    const auto record = model::layout::read_record(rest).value();
    read.push_back({record.queue_offset, std::string(as_text(record.body))});
    rest = rest.subspan(record.size);
  }
  return read;
}

/// All bodies of a queue from its first message on, in order; checks that offsets are dense, and that the
/// store contradicts itself nowhere.
inline std::vector<std::string> bodies(MessageStore& store, std::string_view topic,
                                       std::int32_t queue_id = 0) {
  store.check_invariants();
  std::vector<std::string> all;
  QueueOffset at = store.min_offset(topic, queue_id);
  for (;;) {
    const GetResult result = store.get(topic, queue_id, at, 32, {});
    if (result.status != GetStatus::found) return all;
    for (const Read& read : records_of(result)) {
      if (read.queue_offset != value(at)) return {"a hole before " + std::to_string(read.queue_offset)};
      all.push_back(read.body);
      at = at + 1;
    }
  }
}

/// What a process tells its operator.
struct Lines : sim::Observer {
  void on_event(const sim::Event&) override {}
  void on_log(runtime::Instant, const sim::Actor&, runtime::Level level, std::string_view text) override {
    if (level == runtime::Level::error) errors.emplace_back(text);
  }
  std::vector<std::string> errors;
};

/// Runs `body` as a process; returns its error lines.
inline std::vector<std::string> errors_of(const sim::Simulation::Main& body) {
  sim::Simulation world(1);
  Lines lines;
  world.observe(lines);
  world.add_machine("m");
  bool done = false;
  world.start("m", "p", [&](runtime::Runtime runtime) {
    body(runtime);
    done = true;
  });
  EXPECT_TRUE(world.run_until([&] { return done; }, runtime::Instant{60'000'000'000}));
  return lines.errors;
}

}  // namespace gantry::broker::store::testing

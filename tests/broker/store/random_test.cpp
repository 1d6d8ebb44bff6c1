// Any sequence of puts, waits, stops and crashes, against a small model of what a store promises.
#include <algorithm>
#include <map>
#include <ostream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/simulation.h"
#include "tests/broker/store/store_testing.h"

namespace gantry::broker::store {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using runtime::Runtime;

enum class Step : std::uint8_t { put, batch, wait, pause, restart, remove_topic, cut, kill, lose_power };

struct Action {
  Step step;
  int size;   // of a body, or how long a pause is
  int queue;  // 0 to 2
};

std::ostream& operator<<(std::ostream& out, const Action& action) {
  constexpr const char* names[] = {"put",    "batch", "wait", "pause", "restart",
                                   "remove", "cut",   "kill", "power"};
  return out << names[static_cast<int>(action.step)] << "(" << action.size << ", " << action.queue << ")";
}

rc::Gen<Action> action() {
  using rc::gen::inRange;
  const auto step = rc::gen::weightedElement<Step>({{12, Step::put},
                                                    {5, Step::batch},
                                                    {6, Step::wait},
                                                    {3, Step::pause},
                                                    {1, Step::restart},
                                                    {1, Step::remove_topic},
                                                    {1, Step::cut},
                                                    {2, Step::kill},
                                                    {2, Step::lose_power}});
  return rc::gen::construct<Action>(step, inRange(0, 1200), inRange(0, 3));
}

/// One queue as the model has it. Topics "T0" to "T2" have one queue each.
struct Book {
  std::vector<std::string> put;
  std::size_t promised = 0;
};

/// Carries out actions on a store in a simulation; a crash ends the process, the next one goes on.
class Play {
 public:
  Play(std::uint64_t seed, std::vector<Action> actions) : sim_(seed), actions_(std::move(actions)) {
    sim_.add_machine("m");
  }

  std::string run() {
    while (next_ < actions_.size() && wrong_.empty()) live();
    if (wrong_.empty()) live();
    return wrong_;
  }

 private:
  void live() {
    bool ended = false;
    Step end = Step::restart;
    sim_.start("m", "broker", [&](Runtime runtime) {
      end = act(runtime);
      ended = true;
      while (end != Step::restart) runtime.tasks.park();  // until the crash
    });
    if (!sim_.run_until([&] { return ended; }, sim_.now() + 10min)) wrong_ = "hangs";
    if (end == Step::kill) sim_.kill("m", "broker");
    if (end == Step::lose_power) sim_.lose_power("m");
    sim_.run_until([&] { return !sim_.running("m", "broker"); }, sim_.now() + 1ms);
    if (end == Step::lose_power) sim_.power_on("m");
    store_.reset();
  }

  /// Until the process ends; says how.
  Step act(Runtime runtime) {
    auto opened = MessageStore::open(runtime, small_config(FlushMode::sync_flush));
    if (!opened) {
      wrong_ = std::string("open: ") + opened.error().detail;
      return Step::restart;
    }
    store_ = std::move(*opened);
    check();
    while (wrong_.empty() && next_ < actions_.size()) {
      const Action action = actions_[next_++];
      if (action.step == Step::kill || action.step == Step::lose_power) return action.step;
      if (action.step == Step::restart) break;
      if (action.step == Step::remove_topic) remove(action.queue, runtime);
      if (action.step == Step::cut) cut(action.size, runtime);
      if (action.step == Step::wait) stored(*store_, runtime, store_->max_physical_offset() + unwritten());
      if (action.step == Step::pause) runtime.tasks.park(runtime.clock.now() + action.size * 1ms);
      if (action.step == Step::put) put(1, action, runtime);
      if (action.step == Step::batch) put(3, action, runtime);
    }
    if (!store_->stop()) wrong_ = "stop";
    return Step::restart;
  }

  std::int64_t unwritten() const { return value(end_) - value(store_->max_physical_offset()); }

  void put(int count, const Action& action, Runtime runtime) {
    const std::string topic = "T" + std::to_string(action.queue);
    std::vector<std::string> texts;
    std::vector<PutMessage> batch;
    for (int i = 0; i < count; ++i)
      texts.push_back(std::to_string(++number_) + std::string(static_cast<std::size_t>(action.size), 'x'));
    for (const std::string& text : texts) batch.push_back(message(topic, text, "TAGS\1a"));
    auto placed = store_->append(batch);
    if (!placed) {  // more than the disk has taken is in memory
      runtime.tasks.park(runtime.clock.now() + 1s);
      placed = store_->append(batch);
    }
    if (!placed) {
      wrong_ = "refused";
      return;
    }
    Book& book = books_[action.queue];
    if (static_cast<std::size_t>(value(placed->queue_offset)) != book.put.size()) wrong_ = "queue offset";
    Border border{placed->physical.front(), {}};
    for (const auto& [queue, known] : books_) border.sizes[queue] = known.put.size();
    borders_.push_back(std::move(border));
    book.put.insert(book.put.end(), texts.begin(), texts.end());
    end_ = placed->end;
    store_->when_stored(placed->end, true,
                        [this, queue = action.queue, round = rounds_[action.queue],
                         upto = book.put.size()](PutStatus status) {
                          if (status == PutStatus::ok && rounds_[queue] == round)
                            books_[queue].promised = std::max(books_[queue].promised, upto);
                        });
  }

  /// Waits for everything first, and for the removal to be past any crash.
  void remove(int queue, Runtime runtime) {
    stored(*store_, runtime, end_);
    store_->delete_topic("T" + std::to_string(queue));
    ++rounds_[queue];
    books_[queue] = {};
    removed_ = true;
    borders_.clear();  // what a cut would bring back of a removed topic is not in the books
  }

  /// Back to where the store was some puts ago.
  void cut(int how_far, Runtime runtime) {
    if (borders_.empty()) return;
    stored(*store_, runtime, end_);
    const Border border = borders_[borders_.size() - 1 - static_cast<std::size_t>(how_far) % borders_.size()];
    if (const auto done = store_->truncate(border.at); !done) {
      wrong_ = std::string("cut: ") + done.error().detail;
      return;
    }
    while (!borders_.empty() && borders_.back().at > border.at) borders_.pop_back();
    for (auto& [queue, book] : books_) {
      const auto kept = border.sizes.find(queue);
      book.put.resize(kept == border.sizes.end() ? 0 : std::min(book.put.size(), kept->second));
      book.promised = std::min(book.promised, book.put.size());
      ++rounds_[queue];
    }
    end_ = border.at;
    check();
  }

  void check() {
    store_->check_invariants();
    // The log does not know that a topic was removed: whoever makes its queues anew brings its messages back.
    if (const auto differs = store_->compare_with_rebuild(); !removed_ && (!differs || !differs->empty()))
      wrong_ = differs ? *differs : "compare";
    for (int queue = 0; queue < 3; ++queue) {
      Book& book = books_[queue];
      auto found = bodies(*store_, "T" + std::to_string(queue));
      // A crash may bring the queues of a removed topic back; the broker removes them again.
      if (removed_ &&
          !std::ranges::equal(found, std::span(book.put).first(std::min(found.size(), book.put.size())))) {
        if (book.promised > 0 && std::ranges::find(found, book.put[book.promised - 1]) == found.end())
          wrong_ = "a message after a removed topic is lost";
        store_->delete_topic("T" + std::to_string(queue));
        ++rounds_[queue];
        book = {};
        continue;
      }
      if (found.size() < book.promised) wrong_ = "lost " + std::to_string(book.promised - found.size());
      if (found.size() > book.put.size()) wrong_ = "more than was put";
      if (!wrong_.empty()) return;
      book.put.resize(found.size());
      if (found != book.put) wrong_ = "not what was put";
    }
    end_ = store_->max_physical_offset();
    while (!borders_.empty() && borders_.back().at > end_) borders_.pop_back();
  }

  /// Where a put began, and how many messages each queue had then.
  struct Border {
    PhysicalOffset at;
    std::map<int, std::size_t> sizes;
  };

  sim::Simulation sim_;
  std::vector<Action> actions_;
  std::size_t next_ = 0;
  std::map<int, Book> books_;
  std::map<int, int> rounds_;
  std::vector<Border> borders_;
  std::unique_ptr<MessageStore> store_;
  PhysicalOffset end_{};
  std::string wrong_;
  int number_ = 0;
  bool removed_ = false;
};

RC_GTEST_PROP(Random, AStoreKeepsItsPromisesWhateverHappens, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
  const auto actions = *rc::gen::container<std::vector<Action>>(action());
  RC_ASSERT(Play(seed, actions).run() == "");
}

}  // namespace
}  // namespace gantry::broker::store

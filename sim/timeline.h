#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/clock.h"

namespace gantry::sim {

/// A small callable that is called at most once; kept in place, never on the heap.
class Action {
 public:
  static constexpr std::size_t room = 64;

  Action() = default;
  template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Action>)
  Action(F&& body) {  // NOLINT: converts on purpose, as std::function does
    using Body = std::decay_t<F>;
    static_assert(sizeof(Body) <= room && alignof(Body) <= alignof(std::max_align_t));
    static_assert(std::is_nothrow_move_constructible_v<Body>);
    ::new (static_cast<void*>(room_)) Body(std::forward<F>(body));
    run_ = [](Action& self) { (*std::launder(reinterpret_cast<Body*>(self.room_)))(); };
    move_ = [](Action& from, Action* to) noexcept {
      Body* const body_of_from = std::launder(reinterpret_cast<Body*>(from.room_));
      if (to != nullptr) ::new (static_cast<void*>(to->room_)) Body(std::move(*body_of_from));
      body_of_from->~Body();
    };
  }
  Action(Action&& other) noexcept { take(other); }
  Action& operator=(Action&& other) noexcept {
    if (this != &other) {
      drop();
      take(other);
    }
    return *this;
  }
  ~Action() { drop(); }
  void operator()() { run_(*this); }

 private:
  void take(Action& other) noexcept {
    run_ = std::exchange(other.run_, nullptr);
    move_ = std::exchange(other.move_, nullptr);
    if (move_ != nullptr) move_(other, this);
  }
  void drop() noexcept {
    if (move_ != nullptr) move_(*this, nullptr);
    move_ = nullptr;
  }

  alignas(std::max_align_t) std::byte room_[room];
  void (*run_)(Action&) = nullptr;
  void (*move_)(Action&, Action*) noexcept = nullptr;
};

/// What the world will do, by time; entries of the same time in the order in which they were added.
class Timeline {
 public:
  void add(runtime::Instant when, Action action);
  /// When the first entry is due, or never().
  runtime::Instant next() const { return heap_.empty() ? runtime::Instant::never() : heap_.front().when; }
  /// Removes the first entry; there is one.
  Action take();
  bool empty() const { return heap_.empty(); }
  void clear();

 private:
  struct Entry {
    runtime::Instant when;
    std::uint64_t sequence;
    std::uint32_t slot;
    // The heap keeps its largest in front: later is smaller.
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
  };
  std::vector<Entry> heap_;
  std::vector<Action> actions_;
  std::vector<std::uint32_t> free_;
  std::uint64_t sequence_ = 0;
};

}  // namespace gantry::sim

#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "properties/cases/case.h"
#include "properties/cases/edits.h"

namespace gantry::properties::cases {

/// Delta debugging of a case that fails, one candidate after the other. A walk is a value that carries its
/// position: after a success it goes on where it was, and never starts again with the largest block.
///
///     faults, then operations, then operations joined into one: all of them, half,    (blocks)
///     a quarter, ... pairs
///     every edit at every place, round and round, until none of them has been taken   (single steps)
///     since the last success
///
/// So the end is 1-minimal: every single step from it has been tried and does not fail.
///
///     Walk walk(c);
///     while (const auto less = walk.next())
///       if (still_fails(*less)) walk.accept(*less);
///       else walk.reject();
class Walk {
 public:
  /// The walk offers at most `candidates_max` candidates, and then ends where it is.
  explicit Walk(Case c, std::size_t candidates_max = 500) : case_(std::move(c)), left_(candidates_max) {
    enter_blocks();
  }

  /// The smallest case that is known to fail.
  const Case& smallest() const { return case_; }
  /// Whether every single step from smallest() was tried. False while the walk goes on, and when it ran out
  /// of candidates.
  bool complete() const { return phase_ == Phase::ended; }

  /// The candidate at the walk's position, or nothing at its end. Until accept() or reject() is called, it
  /// gives the same one again.
  std::optional<Case> next();
  /// Says that the candidate fails as the case did: the walk goes on from it, at the same place.
  void accept(Case candidate);
  /// Says that the candidate does not fail so.
  void reject();

 private:
  enum class Phase { blocks, steps, ended };

  std::span<const Edit> edits() const { return phase_ == Phase::blocks ? deletions() : all_edits(); }
  const Edit& edit() const { return edits()[edit_]; }
  void enter_blocks();
  void move_on();
  void next_edit();
  std::size_t all_places() const;

  Case case_;
  std::size_t left_;
  Phase phase_ = Phase::blocks;
  std::size_t edit_ = 0;   // of edits()
  std::size_t place_ = 0;  // of edit()
  std::size_t width_ = 1;
  std::size_t idle_ = 0;  // single steps since the last success
};

}  // namespace gantry::properties::cases

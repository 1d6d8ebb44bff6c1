#include "properties/cases/shrink.h"

namespace gantry::properties::cases {

std::optional<Case> Walk::next() {
  while (phase_ != Phase::ended && left_ > 0) {
    if (place_ < edit().places(case_))
      if (auto candidate = edit().at(case_, place_, width_)) return candidate;
    move_on();
  }
  return std::nullopt;
}

void Walk::accept(Case candidate) {
  --left_;
  case_ = std::move(candidate);
  idle_ = 0;
}

void Walk::reject() {
  --left_;
  move_on();
}

/// Each list of records starts with one block that is all of it.
void Walk::enter_blocks() {
  while (edit_ < deletions().size() && deletions()[edit_].places(case_) < 2) ++edit_;
  place_ = 0;
  if (edit_ < deletions().size()) {
    width_ = deletions()[edit_].places(case_);
    return;
  }
  phase_ = Phase::steps;
  edit_ = 0;
  width_ = 1;
}

void Walk::move_on() {
  const std::size_t places = edit().places(case_);
  if (place_ < places) {
    place_ += width_;
    if (phase_ == Phase::steps) ++idle_;
  }
  if (phase_ == Phase::steps && idle_ >= all_places()) {
    phase_ = Phase::ended;
    return;
  }
  if (place_ < places) return;
  next_edit();
}

/// Called at the end of a list of places: goes on with smaller blocks of the same records, or with the next
/// edit.
void Walk::next_edit() {
  place_ = 0;
  if (phase_ == Phase::steps) {
    edit_ = (edit_ + 1) % all_edits().size();
    return;
  }
  width_ = std::min(width_, edit().places(case_)) / 2;
  if (width_ >= 2) return;
  ++edit_;
  enter_blocks();
}

std::size_t Walk::all_places() const {
  std::size_t places = 0;
  for (const Edit& each : all_edits()) places += each.places(case_);
  return places;
}

}  // namespace gantry::properties::cases

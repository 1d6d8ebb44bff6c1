#include "tests/properties/any_case.h"

#include "properties/trials/shrink.h"

namespace gantry::properties {

namespace {

using cases::Case;
using cases::Walk;

rc::Shrinkable<Trial> on_the_walk(const Trial& trial, const Walk& walk);

/// The candidates from one place of a walk on, as if each were refused; one that is not goes on from
/// where it stood.
struct Candidates {
  trials::Verdict like;
  Walk walk;

  rc::Maybe<rc::Shrinkable<Trial>> operator()() {
    const auto candidate = walk.next();
    if (!candidate) return rc::Nothing;
    Walk taken = walk;
    taken.accept(*candidate);
    walk.reject();
    return on_the_walk({*candidate, like}, taken);
  }
};

rc::Shrinkable<Trial> on_the_walk(const Trial& trial, const Walk& walk) {
  return rc::shrinkable::lambda([trial] { return trial; },
                                [trial, walk] { return rc::makeSeq<Candidates>(trial.like, walk); });
}

}  // namespace

rc::Shrinkable<Trial> shrinkable(const Case& c, const Runner& run) {
  return rc::shrinkable::lambda([c] { return Trial{c}; },
                                [c, run] { return rc::makeSeq<Candidates>(run(c), Walk(c)); });
}

rc::Gen<Trial> any_case(const cases::Profile& profile, const Runner& run) {
  return rc::Gen<Trial>([profile, run](const rc::Random& random, int) {
    rc::Random draw = random;
    return shrinkable(cases::generate(draw.next(), profile), run);
  });
}

void showValue(const Trial& trial, std::ostream& out) {
  out << "\n" << trials::case_file(trial.c, trial.like);
}

}  // namespace gantry::properties

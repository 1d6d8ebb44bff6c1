// The claims of properties/, over generated cases. Each case runs in a sealed child process, so that an
// abort or a hang shrinks like a claim that fails; what is left at the end is a case file to replay.

#include <fstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/cases/generate.h"
#include "properties/cases/shrink.h"
#include "properties/claims.h"
#include "properties/farm/farm.h"

namespace gantry::properties {

namespace cases {
void showValue(const Case& c, std::ostream& out) {
  out << "\n" << to_text(c);
}
}  // namespace cases

namespace {

using cases::Case;
using cases::Profile;

rc::Gen<Case> any_case(const Profile& profile) {
  return rc::Gen<Case>([profile](const rc::Random& random, int) {
    rc::Random draw = random;
    return rc::shrinkable::shrinkRecur(cases::generate(draw.next(), profile), [](const Case& c) {
      return rc::seq::fromContainer(cases::smaller(c));
    });
  });
}

void write_case(const std::string& claim, const Case& c) {
  const std::string file = "case-" + claim + ".txt";
  std::ofstream(file) << cases::to_text(c);
  RC_LOG() << "replay with: ./dev replay " << file << "\n  draw with: ./dev draw " << file << "\n";
}

/// The claim holds for the case; a run that dies breaks every claim.
void expect(const std::string& claim, const Case& c) {
  const farm::Verdict verdict = farm::run_one(c, 1, true, claim);
  const bool holds = verdict.claim.empty();
  if (!holds) {
    write_case(claim, c);
    RC_LOG() << verdict.claim << ": " << verdict.what << "\n";
  }
  RC_ASSERT(holds);
}

RC_GTEST_PROP(Claims, AcknowledgedMessagesSurviveAKill, ()) {
  expect("acknowledged_messages_survive", *any_case({.power_loss = false}));
}

RC_GTEST_PROP(Claims, AcknowledgedMessagesSurviveALossOfPowerWithSyncFlush, ()) {
  expect("acknowledged_messages_survive", *any_case({.sync_flush_only = true}));
}

RC_GTEST_PROP(Claims, AcknowledgedMessagesSurviveAsTheFlushModePromises, ()) {
  expect("acknowledged_messages_survive", *any_case({}));
}

RC_GTEST_PROP(Claims, EveryGroupSeesEveryMessageAfterFaultsHeal, ()) {
  expect("every_group_sees_every_message", *any_case({}));
}

RC_GTEST_PROP(Claims, QueueOffsetsAreDenseAndInOrderOfArrival, ()) {
  expect("queue_offsets_are_dense", *any_case({}));
}

}  // namespace
}  // namespace gantry::properties

// The claims of properties/, over generated cases. Each case runs in a sealed child process, so that an
// abort or a hang shrinks like a claim that fails; what is left at the end is a case file to replay.

#include <fstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/claims.h"
#include "properties/trials/shrink.h"
#include "tests/properties/any_case.h"

namespace gantry::properties {

namespace {

using cases::Profile;

void write_case(const std::string& claim, const Trial& trial, const trials::Verdict& verdict) {
  const std::string file = "case-" + claim + ".txt";
  std::ofstream(file) << trials::case_file(trial.c, verdict);
  RC_LOG() << verdict.claim << ": " << verdict.what << "\nreplay with: ./dev replay " << file
           << "\n  draw with: ./dev draw " << file << "\n";
}

/// The claim holds for every case of that profile; a run that dies breaks every claim.
void expect(const std::string& claim, const Profile& profile) {
  const Trial trial = *any_case(profile, [claim](const cases::Case& c) {
    return trials::run_one(c, 1, {.only = claim, .quiet = true});
  });
  const bool first = trial.like.claim.empty();
  const trials::Manner manner = first ? trials::Manner{.only = claim} : trials::manner_for(trial.like, true);
  const trials::Verdict verdict = trials::run_one(trial.c, 1, manner);
  const bool found = first ? !verdict.claim.empty() : trials::same_bug(trial.like, verdict);
  if (found) write_case(claim, trial, verdict);
  RC_ASSERT(!found);
}

RC_GTEST_PROP(Claims, AcknowledgedMessagesSurviveAKill, ()) {
  expect("acknowledged_messages_survive", {.power_loss = false});
}

RC_GTEST_PROP(Claims, AcknowledgedMessagesSurviveALossOfPowerWithSyncFlush, ()) {
  expect("acknowledged_messages_survive", {.sync_flush_only = true});
}

RC_GTEST_PROP(Claims, AcknowledgedMessagesSurviveAsTheFlushModePromises, ()) {
  expect("acknowledged_messages_survive", {});
}

RC_GTEST_PROP(Claims, EveryGroupSeesEveryMessageAfterFaultsHeal, ()) {
  expect("every_group_sees_every_message", {});
}

RC_GTEST_PROP(Claims, QueueOffsetsAreDenseAndInOrderOfArrival, ()) {
  expect("queue_offsets_are_dense", {});
}

RC_GTEST_PROP(Claims, NothingIsPhantomAndNothingIsCorrupted, ()) {
  expect("nothing_phantom_nothing_corrupted", {});
}

RC_GTEST_PROP(Claims, OrderPerQueueIsKeptForOneProducerAndOneConsumer, ()) {
  expect("order_per_queue_is_kept", {});
}

RC_GTEST_PROP(Claims, GroupProgressNeverPassesWhatWasConsumed, ()) {
  expect("progress_never_passes_consumption", {});
}

RC_GTEST_PROP(Claims, RoutesConvergeAfterFaultsOfNameServersAndBrokers, ()) {
  expect("routes_converge", {});
}

RC_GTEST_PROP(Claims, RebalanceEndsWithEachQueueOwnedOnce, ()) {
  expect("each_queue_has_one_owner", {});
}

RC_GTEST_PROP(Claims, TheClusterGetsWellInTheTimeThatItsConfigurationSays, ()) {
  expect("cluster_gets_well_in_time", {});
}

RC_GTEST_PROP(Claims, EverySendEndsInTime, ()) {
  expect("every_send_ends_in_time", {});
}

RC_GTEST_PROP(Claims, ASendFailsOnlyByAFault, ()) {
  expect("failed_sends_have_a_cause", {});
}

RC_GTEST_PROP(Claims, AClusterThatIsWellServesEveryProducer, ()) {
  expect("well_cluster_serves", {});
}

RC_GTEST_PROP(Claims, AnIdleClusterIsQuiet, ()) {
  expect("idle_cluster_is_quiet", {});
}

}  // namespace
}  // namespace gantry::properties

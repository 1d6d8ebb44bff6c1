#pragma once

#include "runtime/clock.h"

namespace gantry::runtime::asio {

/// Decides whether a node that has nothing to do polls before it blocks, and for how long. It knows only the
/// instants that it is told, so that a test decides what time it is.
///
///     work | poll, found | work | poll, in vain | blocked | work | blocked | ...
///          idle()     ended()  idle()       ended()    woken()  idle()  woken()
///
/// A blocked wake-up takes about fifteen times as long as a polled one: polling doubles what one connection
/// gets. But polling takes processor time, from other programs and from a container's quota. Therefore work
/// pays for it:
/// - Each work earns a sixteenth of its time, until one whole poll is paid for. Then polling begins.
/// - A poll in vain costs its time. One that finds something costs only what it took beyond twice the work
///   before it, because blocking would have cost something as well.
/// - When all is spent, polling ends, until one whole poll is paid for again.
///
/// So at a low rate polling adds a sixteenth to the processor time of the work, and under load it goes on for
/// ever.
///
/// A poll does not yield the core between its looks. Whoever yields beside a busy neighbour waits until the
/// neighbour's turn is over, which is milliseconds, and at each look again, while the kernel shares out the
/// core fairly without being asked.
class Polling {
 public:
  /// `longest` bounds each poll; with 0 the node never polls.
  explicit Polling(Duration longest) : longest_(longest) {}

  /// Says that the node has worked until `now` and has nothing left to do. Returns until when it may poll;
  /// this is `now` when it is to block at once.
  Instant idle(Instant now);
  /// Says that the poll has found nothing until `now`. Time in which another program had the core is no cost
  /// of polling: of a look that took long, only a part counts.
  void looked(Instant now);
  /// Says that the poll has ended with its last look, and whether it found something. The node works from
  /// then on, or blocks.
  void ended(bool found);
  /// Says that the node has blocked and works since `now`.
  void woken(Instant now) { since_ = now; }

 private:
  const Duration longest_;
  Instant since_;         // when the work began, or when the last look was
  Duration earned_{0};    // what polls may cost, at most `longest_`; negative after a poll that cost more
  Duration free_{0};      // what the poll may take without a cost, if it finds something
  Duration taken_{0};     // what the poll has taken
  bool polling_ = false;  // from when one whole poll is paid for until everything is spent
};

}  // namespace gantry::runtime::asio

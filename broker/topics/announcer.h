#pragma once

namespace gantry::broker::topics {

/// Who tells the outside world which topics this broker has.
class Announcer {
 public:
  virtual ~Announcer() = default;
  /// The topics have changed, with a new version: whoever routes clients is told as soon as possible. Never
  /// suspends.
  virtual void soon() = 0;
  /// The same, and suspends until those have been told who answer quickly: whoever asked for the change may
  /// rely on it then.
  virtual void tell() = 0;
};

}  // namespace gantry::broker::topics

#pragma once

#include "runtime/clock.h"
#include "runtime/disk.h"
#include "runtime/events.h"
#include "runtime/network.h"
#include "runtime/random.h"
#include "runtime/tasks.h"

namespace gantry::runtime {

/// The one door through which a node meets the world: handed to it at its start, valid until its
/// last fiber has ended. A class takes only the parts that it uses.
struct Runtime {
  Clock& clock;
  Tasks& tasks;
  Network& network;
  Disk& disk;
  Random& random;
  Events& events;
};

}  // namespace gantry::runtime

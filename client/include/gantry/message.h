#pragma once

#include "model/message/message.h"

/// The messages of a program that sends and receives; model/message/message.h says what is in them.
namespace gantry {

using model::message::Message;
using model::message::ReceivedMessage;
using model::route::MessageQueue;

}  // namespace gantry

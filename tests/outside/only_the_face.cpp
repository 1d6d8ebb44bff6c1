// A program outside of the tree finds the client's public headers, and nothing of what is behind them.
#include <gantry/backend.h>
#include <gantry/consumer_options.h>
#include <gantry/future.h>
#include <gantry/message.h>
#include <gantry/producer.h>
#include <gantry/producer_options.h>
#include <gantry/push_consumer.h>
#include <gantry/rebalance.h>
#include <gantry/send_result.h>
#include <gantry/session_timers.h>

#if __has_include("client/producer/producer.h") ||                                           \
                  __has_include(                                                             \
                      "client/session/session.h") ||                                         \
                      __has_include(                                                         \
                          "client/face/backend.h") ||                                        \
                          __has_include(                                                     \
                              "runtime/runtime.h") ||                                        \
                              __has_include(                                                 \
                                  "runtime/asio/node.h") ||                                  \
                                  __has_include("broker/broker.h") ||                        \
                                                __has_include("model/protocol/command.h") || \
                                                              __has_include("model/layout/record.h")
#error "what is behind the client's public headers is private to the build"
#endif

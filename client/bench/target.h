#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "client/bench/options.h"
#include "client/bench/socket.h"

namespace gantry::client::bench {

/// A value, or a sentence for the person who runs the program.
template <class T>
using Outcome = boost::system::result<T, std::string>;

/// `broker 10.0.0.1:10911: Connection refused`: who, and what went wrong in the operating system's own words,
/// or by the name of the error where it has none.
std::string trouble_with(std::string_view who, const Endpoint& where, const Error& why);

/// A broker and the queues of the topic that it serves.
struct Target {
  Endpoint broker;
  std::string broker_name;  ///< Empty when it is not known.
  std::vector<std::int32_t> queues;
};

/// Whom to send to: the broker that the options name, or every master that the first NameServer to answer
/// names for the topic. A topic that does not exist yet goes where topics are created by a send.
Outcome<std::vector<Target>> find_targets(const Options& options);

}  // namespace gantry::client::bench

#include "model/delivery/refusal.h"

#include "model/base/format.h"

namespace gantry::model::delivery {

Refusal not_saved(Reason reason, std::string_view what, const Error& error) {
  return {reason, fmt::format("{} cannot be saved: {}", what, error)};
}

}  // namespace gantry::model::delivery

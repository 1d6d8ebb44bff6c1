#include "runtime/fibers/slot_heap.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <utility>

namespace gantry::runtime::fibers {
namespace {

RC_GTEST_PROP(SlotHeap, BehavesAsAnOrderedSet, ()) {
  SlotHeap<std::pair<int, int>> heap;
  std::set<std::pair<std::pair<int, int>, std::uint32_t>> model;
  std::map<std::uint32_t, std::pair<int, int>> keys;
  const auto steps = *rc::gen::container<std::vector<std::pair<std::uint32_t, int>>>(
      rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, 40), rc::gen::inRange(0, 10)));
  int sequence = 0;
  for (const auto& [slot, priority] : steps) {
    RC_ASSERT(heap.contains(slot) == keys.contains(slot));
    if (const auto found = keys.find(slot); found != keys.end()) {
      heap.remove(slot);
      model.erase({found->second, slot});
      keys.erase(found);
    } else {
      const std::pair key{priority, ++sequence};
      heap.add(key, slot);
      model.insert({key, slot});
      keys.emplace(slot, key);
    }
    RC_ASSERT(heap.empty() == model.empty());
    if (!model.empty()) {
      RC_ASSERT(heap.first() == model.begin()->second);
      RC_ASSERT(heap.first_key() == model.begin()->first);
    }
  }
  for (; !model.empty(); model.erase(model.begin())) {
    RC_ASSERT(heap.first() == model.begin()->second);
    heap.remove(heap.first());
  }
  RC_ASSERT(heap.empty());
}

}  // namespace
}  // namespace gantry::runtime::fibers

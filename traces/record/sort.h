#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace gantry::traces::record {

/// Sorts by key; those with equal keys stay in their order. What std::stable_sort does, which clang 19
/// refuses in libstdc++ 12: it asks for memory by a function that is deprecated.
template <class T, class Key>
void sort_stably(std::vector<T>& items, Key key) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(key(items[i]), i); });
  std::vector<T> sorted;
  sorted.reserve(items.size());
  for (const std::size_t i : order) sorted.push_back(std::move(items[i]));
  items = std::move(sorted);
}

}  // namespace gantry::traces::record

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry::runtime::fibers {

/// Fibers' slots by key, smallest first. Each slot is in it at most once; any can be taken out.
/// Allocates only to grow. Keys are distinct (they end in a running number), so that the order is
/// whole and the same however the heap came about.
template <class Key>
class SlotHeap {
 public:
  bool empty() const { return heap_.empty(); }
  const Key& first_key() const { return heap_.front().key; }
  std::uint32_t first() const { return heap_.front().slot; }
  bool contains(std::uint32_t slot) const { return slot < places_.size() && places_[slot] != nowhere; }

  void add(const Key& key, std::uint32_t slot) {
    if (slot >= places_.size()) places_.resize(slot + slot / 2 + 16, nowhere);
    heap_.push_back({key, slot});
    rise(heap_.size() - 1, {key, slot});
  }

  /// Without effect when it is not in it.
  void remove(std::uint32_t slot) {
    if (!contains(slot)) return;
    const std::size_t hole = places_[slot];
    places_[slot] = nowhere;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (hole == heap_.size()) return;
    if (hole > 0 && last.key < heap_[above(hole)].key) rise(hole, last);
    else sink(hole, last);
  }

 private:
  static constexpr std::uint32_t nowhere = UINT32_MAX;
  struct Entry {
    Key key;
    std::uint32_t slot;
  };

  static std::size_t above(std::size_t place) { return (place - 1) / 2; }

  void put(std::size_t place, const Entry& entry) {
    heap_[place] = entry;
    places_[entry.slot] = static_cast<std::uint32_t>(place);
  }
  void rise(std::size_t place, const Entry& entry) {
    for (; place > 0 && entry.key < heap_[above(place)].key; place = above(place))
      put(place, heap_[above(place)]);
    put(place, entry);
  }
  void sink(std::size_t place, const Entry& entry) {
    for (;;) {
      std::size_t child = 2 * place + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && heap_[child + 1].key < heap_[child].key) ++child;
      if (!(heap_[child].key < entry.key)) break;
      put(place, heap_[child]);
      place = child;
    }
    put(place, entry);
  }

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> places_;  // by slot
};

}  // namespace gantry::runtime::fibers

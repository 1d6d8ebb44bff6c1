#pragma once

// What AddressSanitizer has to be told about stacks of our own: without it, it takes a fiber's frames
// for damage of the thread's. Nothing, where there is no such sanitizer.

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define GANTRY_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GANTRY_ADDRESS_SANITIZER 1
#endif
#endif

#if defined(GANTRY_ADDRESS_SANITIZER)
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace gantry::runtime::fibers::sanitizer {

/// Where a stack lies.
struct Stack {
  void* bottom = nullptr;
  std::size_t size = 0;
};

#if defined(GANTRY_ADDRESS_SANITIZER)

inline Stack of_this_thread() {
  Stack stack;
  pthread_attr_t attributes;
  ::pthread_getattr_np(::pthread_self(), &attributes);
  ::pthread_attr_getstack(&attributes, &stack.bottom, &stack.size);
  ::pthread_attr_destroy(&attributes);
  return stack;
}
/// Right before the switch to another stack. Frames never move to the heap (see engine.cpp), so there
/// is nothing to be saved with the stack that is left.
inline void leave_for(const Stack& next) {
  ::__sanitizer_start_switch_fiber(nullptr, next.bottom, next.size);
}
/// First thing on the stack that was switched to.
inline void arrive() {
  ::__sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
}

#else

inline Stack of_this_thread() {
  return {};
}
inline void leave_for(const Stack&) {}
inline void arrive() {}

#endif

}  // namespace gantry::runtime::fibers::sanitizer

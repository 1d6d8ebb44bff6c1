#include "runtime/asio/errors.h"

#include <cerrno>
#include <cstring>

namespace gantry::runtime::asio {

namespace {
Errc code_of(int system_errno) {
  switch (system_errno) {
    case ENOENT:
    case ENOTDIR: return Errc::not_found;
    case EEXIST: return Errc::exists;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case ENOTEMPTY: return Errc::denied;
    case ENOSPC:
    case EDQUOT: return Errc::no_space;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return Errc::busy;
    case EADDRINUSE: return Errc::in_use;
    case EADDRNOTAVAIL:
    case EINVAL: return Errc::invalid;
    case ECONNREFUSED: return Errc::refused;
    case EHOSTUNREACH:
    case ENETUNREACH: return Errc::unreachable;
    case ETIMEDOUT: return Errc::timed_out;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE: return Errc::reset;
    default: return Errc::io;
  }
}
}  // namespace

Error error_of(int system_errno) {
  const char* const words = ::strerrordesc_np(system_errno);  // static, unlike strerror()'s
  return {code_of(system_errno), words != nullptr ? words : ""};
}

}  // namespace gantry::runtime::asio

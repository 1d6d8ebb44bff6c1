"""Each check on a tree that breaks it: a check that finds nothing proves nothing."""
import platform
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import comments
import layers
import symbols

# (file, its text, what the layer check must say)
BROKEN_INCLUDES = [
    ("model/base/a.h", '#include "runtime/clock.h"', "model does not see runtime"),
    ("runtime/a.h", '#include "runtime/sync/wait.h"', "runtime does not see runtime/sync"),
    ("runtime/sync/a.h", '#include "runtime/remoting/client.h"', "runtime/sync does not see runtime/remoting"),
    ("runtime/remoting/a.cpp", '#include "runtime/fibers/engine.h"', "does not see runtime/fibers"),
    ("broker/store/a.cpp", '#include "client/producer/producer.h"', "broker/store does not see client"),
    ("broker/store/a.cpp", '#include "sim/simulation.h"', "broker/store does not see sim"),
    ("broker/store/a.cpp", '#include "traces/record.h"', "broker/store does not see traces"),
    ("broker/store/a.cpp", '#include "runtime/asio/node.h"', "broker/store does not see runtime/asio"),
    ("broker/files/a.cpp", '#include "broker/store/message_store.h"', "broker/files does not see broker/store"),
    ("broker/store/a.cpp", '#include "broker/topics/topic_table.h"', "broker/store does not see broker/topics"),
    ("broker/topics/a.cpp", '#include "broker/sending/sending.h"', "broker/topics does not see broker/sending"),
    ("broker/sending/a.cpp", '#include "broker/pulling/pulling.h"', "broker/sending does not see broker/pulling"),
    ("broker/pulling/a.h", '#include "runtime/remoting/channel.h"', "broker/pulling does not see runtime/remoting"),
    ("broker/consuming/a.h", '#include "model/protocol/command.h"', "is the wire's; broker/consuming is behind a door"),
    ("broker/services/a.h", '#include "broker/processor/processors.h"', "broker/services does not see broker/processor"),
    ("broker/namesrv/a.cpp", '#include "broker/processor/processors.h"', "broker/namesrv does not see broker/processor"),
    ("broker/processor/a.cpp", '#include "broker/broker.h"', "broker/processor does not see broker"),
    ("broker/sending/a.cpp", "#include <thread>", "<thread> is the world's"),
    ("tests/broker/inprocess/a.h", '#include "runtime/remoting/client.h"', "does not see runtime/remoting"),
    ("client/consumer/a.cpp", '#include "broker/store/message_store.h"', "client does not see broker/store"),
    ("client/consumer/a.cpp", '#include "client/face/face.h"', "client does not see client/face"),
    ("client/include/gantry/a.h", '#include "client/session/session.h"', "client/include does not see client"),
    ("client/include/gantry/a.h", "#include <mutex>", "<mutex> is the world's"),
    ("broker/store/a.cpp", "#include <gantry/producer.h>", "broker/store does not see client/include"),
    ("sim/disk/a.cpp", '#include "runtime/asio/node.h"', "sim does not see runtime/asio"),
    ("sim/disk/a.cpp", '#include "broker/store/message_store.h"', "sim does not see broker/store"),
    ("broker/store/a.cpp", '#include "commit_log.h"', "does not start at the root"),
    ("broker/store/a.cpp", "\n\n#  include <mutex>", "a.cpp:3: <mutex> is the world's"),
    ("model/message/a.cpp", "#include <sys/socket.h>", "<sys/socket.h> is the world's"),
    ("client/producer/a.cpp", "#include <unistd.h>", "<unistd.h> is the world's"),
    ("sim/tasks/a.cpp", "#include <boost/fiber/all.hpp>", "belongs to runtime/fibers"),
    ("runtime/fibers/a.cpp", "#include <boost/asio.hpp>", "belongs to runtime/asio"),
    ("broker/store/a.cpp", "#include <spdlog/spdlog.h>", "belongs to runtime/asio"),
    ("broker/store/a.cpp", "#include <gtest/gtest.h>", "belongs to tests"),
]

BROKEN_CODE = {
    "clock": "auto a() { return std::chrono::steady_clock::now(); } long b() { return time(nullptr); }"
             "int c(timespec* t) { return clock_gettime(CLOCK_REALTIME, t) + nanosleep(t, t); }"
             "auto d() { return std::chrono::system_clock::now(); }",
    "chance": "unsigned a() { std::random_device d; return d(); } int b() { return rand(); }"
              "long c(void* p) { return getrandom(p, 1, 0); } long d() { return getauxval(AT_RANDOM); }",
    "thread": "void a() { std::thread([] {}).join(); } void b(std::mutex& m) { m.lock(); }"
              "void c() { std::this_thread::yield(); } int d() { return fork(); }"
              "void e() { pthread_exit(nullptr); } long f() { return syscall(1); } void g() { exit(1); }",
    "socket": "int a() { return socket(1, 1, 0); } long b() { return send(0, nullptr, 0, 0); }"
              "int c() { return poll(nullptr, 0, 0); }",
    "file": "int a() { return open(\"x\", 0); } long b() { return write(1, \"\", 1); } int c() { return fsync(1); }"
            "FILE* d() { return fopen(\"\", \"\"); } void e() { std::puts(\"\"); } void f() { std::ofstream(\"x\"); }"
            "bool g() { return std::filesystem::exists(\"x\"); }",
    "stream": "void a() { std::cout << 1; } std::string b(int i) { std::ostringstream s; s << i; return s.str(); }",
    "environment": "char* a() { return getenv(\"x\"); } char* b() { return setlocale(LC_ALL, \"\"); }"
                   "char* d() { return environ[0]; }"
                   "void c() { std::locale::global(std::locale(\"\")); }",
    "library": "void a() { spdlog::info(\"x\"); } void b() { boost::this_fiber::yield(); }"
               "void c() { boost::asio::io_context().run(); }",
}
# What must be named, out of BROKEN_CODE: every door, not just one of each kind.
DOORS = {
    "clock": ["steady_clock::now", ": time", "clock_gettime", "nanosleep", "system_clock::now"],
    "chance": ["std::random_device::", ": rand", "getrandom", "getauxval"],
    "thread": ["std::thread::", "pthread_mutex_lock", "sched_yield", "fork", "pthread_exit", "syscall", ": exit"],
    "socket": [": socket", ": send", ": poll"],
    "file": [": open", ": write", ": fsync", ": fopen", ": puts", "std::basic_ofstream<", "std::filesystem::"],
    "stream": ["std::cout", "std::basic_ios<"],
    "environment": ["getenv", ": environ", "setlocale", "std::locale::"],
    "library": ["spdlog::", "boost::fibers::", "boost::asio::"],
}
PLANTED_HEADERS = """
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <chrono>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>
"""
LIBRARY_HEADERS = "#include <boost/asio.hpp>\n#include <boost/fiber/all.hpp>\n#include <spdlog/spdlog.h>\n"

BROKEN_INSTRUCTIONS = """
long counter() { return static_cast<long>(__builtin_ia32_rdtsc()); }
long processor() { unsigned at; return static_cast<long>(__builtin_ia32_rdtscp(&at)); }
long entropy() { long into; asm volatile("rdrand %0" : "=r"(into)); return into; }
long seed() { long into; asm volatile("rdseed %0" : "=r"(into)); return into; }
"""

BROKEN_STATICS = """
#include <array>
#include <map>
#include <string_view>
#include <string>
namespace gantry::broker {
int counter = 0;
namespace { std::string last = "none"; }
thread_local int depth = 0;
const std::map<int, int>& table() { static const std::map<int, int> built{{1, 2}}; return built; }
int pick(int i) { static constexpr std::array of{std::string_view("a"), std::string_view("b")}; return of[i].size(); }
int next() { static int ordinal = 7; last += 'x'; ++depth; return ++ordinal + counter; }
extern const int fixed[] = {1, 2, 3};
extern const char* const names[] = {"a", "b"};
}
"""
CLEAN_CODE = """
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>
#include <boost/json.hpp>
namespace gantry::model {
void move_to_front(std::list<int>& all, std::list<int>& from) { all.splice(all.begin(), from, from.begin()); }
std::map<std::string, int> count(const boost::json::object& object) {
  std::map<std::string, int> counted;
  for (const auto& [key, value] : object) counted[key] += value.is_string() ? 1 : 2;
  return counted;
}
std::string text(int number) { return std::to_string(number) + std::string(3, 'x'); }
}
"""


def _tree(folder: Path, path: str, text: str) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n")
    (folder / ".gitignore").write_text("/build/\n/case-*.txt\n")
    return folder


def _archive(folder: Path, name: str, code: str, optimize: str = "-O2") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.cpp").write_text(code)
    built, archive = folder / f"{name}.cpp.o", folder / f"{name}.a"
    subprocess.run(["g++", "-std=c++20", optimize, "-c", folder / f"{name}.cpp", "-o", built], check=True)
    subprocess.run(["ar", "rcs", archive, built], check=True)
    return archive


def _missing(wanted: list[str], said: list[str]) -> list[str]:
    return [f"not caught: {each}" for each in wanted if not any(each in line for line in said)]


def layers_catches_each_arrow(folder: Path) -> list[str]:
    wrong = []
    for number, (path, text, wanted) in enumerate(BROKEN_INCLUDES):
        said = layers.check_layers(_tree(folder / str(number), path, text))
        wrong += _missing([wanted], said)
    return wrong


def top_level_catches_a_stranger(folder: Path) -> list[str]:
    said = layers.check_top_level(_tree(_tree(folder, "case-17.txt", ""), "utils/a.h", ""))
    return _missing(["utils"], said) + [f"ignored by git: {line}" for line in said if "case-17" in line]


def catch_all_catches_every_spelling(folder: Path) -> list[str]:
    code = 'void a() { try { } catch ( ... ) { } }\n// catch (...)\nconst char* b = "catch (...)";\n' \
           "void c() try { } catch (\n...) { }"
    said = layers.check_catch_all(_tree(folder, "broker/a.cpp", code))
    return _missing(["a.cpp:1:", "a.cpp:4:"], said) + [line for line in said if "cpp:1:" not in line and "cpp:4:" not in line]


def unordered_catches_each_container(folder: Path) -> list[str]:
    code = ("#include <random>\nstd::unordered_map<int, int> a;\n// unordered_set\nstd::hash<int> b;\n"
            "std::map<int, int> c;\nvoid f() { std::shuffle(a, b, c); }")
    said = layers.check_unordered(_tree(folder, "broker/a.cpp", code))
    lines = [f"a.cpp:{line}:" for line in (1, 2, 4, 6)]
    return _missing(lines, said) + [line for line in said if not any(each in line for each in lines)]


def symbols_catches_each_door(folder: Path, optimize: str = "-O2") -> list[str]:
    wrong = []
    for kind, code in BROKEN_CODE.items():
        headers = LIBRARY_HEADERS if kind == "library" else PLANTED_HEADERS
        archive = _archive(folder, kind, f"{headers}namespace planted {{ {code} }}", optimize)
        said = [line for line in symbols.check_symbols(archive) if f": {kind}: " in line]
        # What only inlined code names is not named at -O0.
        doors = [door for door in DOORS[kind] if optimize != "-O0" or door != "std::basic_ios<"]
        wrong += [f"{kind}: {line}" for line in _missing(doors, said)]
    return wrong


def symbols_catches_each_door_at_O0(folder: Path) -> list[str]:
    return symbols_catches_each_door(folder, "-O0")


def symbols_exempts_only_the_invariant(folder: Path) -> list[str]:
    code = '#include <cstdio>\n#include <cstdlib>\nvoid broken(int n) { std::fprintf(stderr, "%d", n); std::abort(); }'
    exempt = symbols.check_symbols(_archive(folder, "invariant", code))
    other = symbols.check_symbols(_archive(folder, "other", code))
    return exempt + _missing(["fprintf", "abort", "stderr"], other)


def symbols_lets_plain_code_pass(folder: Path) -> list[str]:
    return [line for optimize in ("-O0", "-O2")
            for archive in [_archive(folder, "clean", CLEAN_CODE, optimize)]
            for line in symbols.check_symbols(archive) + symbols.check_statics(archive, folder)]


def instructions_catches_each(folder: Path) -> list[str]:
    if platform.machine() != "x86_64":
        return []
    said = symbols.check_instructions(_archive(folder, "instructions", BROKEN_INSTRUCTIONS))
    return _missing(["rdtsc", "rdtscp", "rdrand", "rdseed"], [line.rsplit(" ", 1)[-1] for line in said])


def statics_catches_each_kind(folder: Path) -> list[str]:
    said = symbols.check_statics(_archive(folder / "broker", "statics", BROKEN_STATICS), folder)
    wrong = _missing(["counter", "::last", "depth", "built", "ordinal"], said)
    return wrong + [f"a constant is no state: {line}" for line in said if "::fixed" in line or "::names" in line or "::of" in line]


def virtuals_catches_each_form(folder: Path) -> list[str]:
    header = ("class A {\n  virtual ~A() = default;\n  virtual int a() = 0;\n  /// Says.\n  virtual int b() = 0;\n"
              "  virtual int c(int x,\n                int y) = 0;\n  virtual int d() = 0;  // says\n"
              "  virtual int e(int x,\n                int y) = 0;  ///< says\n};")
    said = comments.check_virtuals(_tree(folder, "broker/a.h", header))
    return _missing(["a.h:3:", "a.h:6:"], said) + [line for line in said if "a.h:3:" not in line and "a.h:6:" not in line]


def references_catches_what_is_not_there(folder: Path) -> list[str]:
    _tree(folder, "broker/a.h", "// See broker/a.h and broker/a, docs/b.md, a.h.\n#include \"broker/gone.h\"\n"
                                "// See broker/gone.h.\nint a();  // as gone.md says")
    _tree(folder, "docs/b.md", "# B\n## One thing\n[a](b.md#one-thing) `broker/a.h` `tests/fuzz_NAME.cpp`\n"
                               "[b](gone.md)\n[c](#two)\n`sim/gone`")
    _tree(folder, "README.md", "[b](docs/b.md)")
    wanted = ["broker/a.h:3: broker/gone.h", "broker/a.h:4: there is no gone.md", "docs/b.md:4: the link to gone.md", "docs/b.md:4: there is no gone.md",
              "docs/b.md:5: the link to #two", "docs/b.md:6: sim/gone"]
    said = comments.check_references(folder)
    return _missing(wanted, said) + [line for line in said if not any(each in line for each in wanted)]


SELF_TESTS: list[Callable[[Path], list[str]]] = [
    layers_catches_each_arrow, top_level_catches_a_stranger, catch_all_catches_every_spelling,
    unordered_catches_each_container, virtuals_catches_each_form, references_catches_what_is_not_there,
    symbols_catches_each_door, symbols_catches_each_door_at_O0,
    symbols_exempts_only_the_invariant, symbols_lets_plain_code_pass,
    instructions_catches_each, statics_catches_each_kind,
]
LIGHT_SELF_TESTS = SELF_TESTS[:6]


def run(self_test: Callable[[Path], list[str]]) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="gantry-house-") as folder:
        return self_test(Path(folder))

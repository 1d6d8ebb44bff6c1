"""What product archives may not name: the world's clocks, chance, threads, sockets, files, environment,
streams; and state that outlives a node. Read from the object files, so that no macro or header hides it."""
import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sources import all_sources

ARCHIVES = ("gantry_model", "gantry_runtime_sync", "gantry_remoting", "gantry_broker", "gantry_client")

# The one object that may speak and end the process: a broken invariant.
EXEMPT = {"invariant.cpp.o": {"fprintf", "fputs", "fwrite", "fflush", "stderr", "abort", "__fprintf_chk"}}

C_NAMES = {
    "clock": "clock_gettime clock_getres gettimeofday time ftime timespec_get clock times nanosleep "
             "clock_nanosleep usleep sleep localtime localtime_r gmtime gmtime_r mktime strftime timer_create "
             "timerfd_create alarm setitimer",
    "chance": "getrandom getentropy rand rand_r srand random srandom drand48 lrand48 arc4random getauxval",
    "thread": "fork vfork clone execve posix_spawn sched_yield sched_getcpu gettid getpid syscall signal "
              "sigaction raise kill abort exit _exit quick_exit atexit",
    "socket": "socket socketpair bind listen accept accept4 connect send sendto sendmsg recv recvfrom recvmsg "
              "getaddrinfo gethostbyname gethostname getsockopt setsockopt shutdown poll ppoll select pselect "
              "epoll_create1 epoll_ctl epoll_wait eventfd pipe pipe2",
    "file": "open open64 openat openat64 creat close read write pread pread64 pwrite pwrite64 readv writev fsync "
            "fdatasync sync_file_range ftruncate ftruncate64 fallocate fallocate64 posix_fallocate mmap mmap64 "
            "msync rename unlink remove mkdir rmdir opendir readdir readdir64 stat stat64 fstat fstat64 lstat "
            "access flock fcntl fcntl64 fopen fopen64 fdopen fread fwrite fclose fflush fprintf vfprintf "
            "__fprintf_chk printf __printf_chk vprintf puts putchar fputs fputc perror stdin stdout stderr",
    "environment": "getenv secure_getenv setenv putenv environ __environ _environ setlocale newlocale uselocale localeconv sysconf "
                   "uname getcwd chdir",
}
C_PREFIXES = {"thread": ("pthread_", "sem_", "__gthread"), "file": ("io_uring_", "aio_")}

# Of demangled names, whether defined here (inline code of a header) or asked for.
CXX_PREFIXES = {
    "clock": ("std::chrono::_V2::system_clock::now", "std::chrono::_V2::steady_clock::now",
              "std::chrono::system_clock::now", "std::chrono::steady_clock::now"),
    "chance": ("std::random_device::", "std::mersenne_twister_engine<", "std::uniform_int_distribution<"),
    "thread": ("std::thread::", "std::jthread::", "std::this_thread::", "std::mutex::", "std::recursive_mutex::",
               "std::condition_variable::", "std::__future_base::", "std::async", "std::__atomic_futex_unsigned_base::"),
    "file": ("std::filesystem::", "std::basic_filebuf<", "std::basic_fstream<", "std::basic_ifstream<",
             "std::basic_ofstream<"),
    "stream": ("std::cout", "std::cerr", "std::clog", "std::cin", "std::ios_base::", "std::basic_ios<",
               "std::basic_ostream<", "std::basic_istream<", "std::ostream::", "std::istream::",
               "std::basic_stringstream<", "std::basic_ostringstream<", "std::basic_istringstream<"),
    "environment": ("std::locale::",),
    "library": ("spdlog::", "boost::fibers::", "boost::this_fiber::", "boost::context::", "boost::asio::",
                "boost::detail::thread", "boost::filesystem::"),
}

_BANNED_C = {name: kind for kind, names in C_NAMES.items() for name in names.split()}


def _nm(archive: Path, *options: str) -> Iterable[tuple[str, str, str]]:
    """(member, type, name) of every symbol of an archive."""
    listing = subprocess.run(["nm", "-A", *options, str(archive)], check=True, text=True, capture_output=True)
    for line in listing.stdout.splitlines():
        found = re.match(r"[^:]*:([^:]+):\s*[0-9a-f]*\s+(\S) (.*)", line)
        if found:
            yield found.group(1), found.group(2), found.group(3)


def _kind_of_c(name: str) -> str | None:
    name = name.split("@")[0]
    if name in _BANNED_C:
        return _BANNED_C[name]
    return next((kind for kind, prefixes in C_PREFIXES.items() if name.startswith(prefixes)), None)


def _kind_of_cxx(name: str) -> str | None:
    # "vtable for X" and "guard variable for X" are about X; a return type may stand in front of a template's name.
    about = name.rsplit(" for ", 1)[-1]
    names = [about, about.split("(", 1)[0].rsplit(" ", 1)[-1]]
    return next((kind for kind, prefixes in CXX_PREFIXES.items()
                 if any(each.startswith(prefixes) for each in names)), None)


def _asked_by_library_alone(archive: Path, member: str, name: str) -> bool:
    """Whether only inline code of the standard library asks for it: std::list::splice() may abort."""
    with tempfile.NamedTemporaryFile(suffix=".o") as file:
        subprocess.run(["ar", "p", str(archive), member], check=True, stdout=file)
        code = subprocess.run(["objdump", "-drC", file.name], check=True, text=True, capture_output=True).stdout
    asking, function = set(), ""
    for line in code.splitlines():
        if opened := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            function = opened.group(1)
        elif re.search(rf"\sR_\S+\s+{re.escape(name)}\b", line):
            asking.add(function)
    return bool(asking) and all(each.startswith("std::") for each in asking)


def check_symbols(archive: Path) -> list[str]:
    """Every banned name of an archive, as `archive(member): kind: name`."""
    wrong = set()
    for member, kind_of_symbol, name in _nm(archive, "--undefined-only"):
        kind = _kind_of_c(name)
        if not kind or name in EXEMPT.get(member, ()):
            continue
        if name != "abort" or not _asked_by_library_alone(archive, member, name):
            wrong.add(f"{archive.name}({member}): {kind}: {name}")
    for member, kind_of_symbol, name in _nm(archive, "-C"):
        if kind := _kind_of_cxx(name):
            wrong.add(f"{archive.name}({member}): {kind}: {name}")
    return sorted(wrong)


# What the processor itself tells of the outside; nothing can forbid the last two.
_INSTRUCTION = re.compile(r"\t(rdtscp?|rdpid|rdrand|rdseed)\b")


def check_instructions(archive: Path) -> list[str]:
    """Every instruction of an archive that reads the counter, the processor's number or its entropy."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", str(archive)], check=True, text=True, capture_output=True)
    wrong, member = set(), ""
    for line in code.stdout.splitlines():
        if opened := re.match(r"(\S+):\s+file format", line):
            member = opened.group(1)
        elif found := _INSTRUCTION.search(line):
            wrong.add(f"{archive.name}({member}): instruction: {found.group(1)}")
    return sorted(wrong)


# g++ keeps some constants in a writable section: for those, the source is asked.
def _is_constant(name: str, archive: Path, member: str, root: Path) -> bool:
    variable = name.rsplit("::", 1)[-1]
    declared = re.compile(rf"\bconstexpr\b[^;={{]*\b{re.escape(variable)}\b")
    return any(declared.search(source.read_text(encoding="utf-8")) for source in _sources_of(archive, member, root))


def _sources_of(archive: Path, member: str, root: Path) -> list[Path]:
    """The sources of an object; those that CMake joined into one are named by the unit that includes them."""
    unit = archive.parent / "CMakeFiles" / f"{archive.stem.removeprefix('lib')}.dir" / "Unity" / member.removesuffix(".o")
    if unit.exists():
        return [Path(path) for path in re.findall(r'^#include "(.+)"$', unit.read_text(encoding="utf-8"), re.MULTILINE)]
    return [root / path for path in all_sources(root) if path.name + ".o" == member]


_SYMBOL = re.compile(r"[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+\s+(?:\.hidden )?(.*)")


def check_statics(archive: Path, root: Path) -> list[str]:
    """Variables of ours that can change and outlive a node: globals, statics, thread_local ones. The sources
    of the archive lie somewhere below `root`."""
    listing = subprocess.run(["objdump", "-t", "-C", str(archive)], check=True, text=True, capture_output=True)
    wrong, member = set(), ""
    for line in listing.stdout.splitlines():
        if opened := re.match(r"(\S+):\s+file format", line):
            member = opened.group(1)
        found = _SYMBOL.match(line)
        if not found:
            continue
        flags, section, name = found.groups()
        per_thread = re.match(r"\.(tdata|tbss)", section)
        writable = flags.endswith("O") and re.match(r"\.(bss|data)(\.(?!rel\.ro)|$)", section)
        if (per_thread or writable) and "gantry::" in name and not _is_constant(name, archive, member, root):
            wrong.add(f"{archive.name}({member}): {section}: {name}")
    return sorted(wrong)

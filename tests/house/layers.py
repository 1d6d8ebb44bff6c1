"""Who may include whom. The arrows are those of docs/architecture.md; a box sees what it points at,
and whatever that sees."""
import re
from fnmatch import fnmatchcase
from pathlib import Path

from sources import BOXES, all_sources, code_of

ARROWS: dict[str, tuple[str, ...]] = {
    "model": (),
    "runtime": ("model",),
    "runtime/sync": ("runtime",),
    "runtime/remoting": ("runtime/sync",),
    "runtime/fibers": ("runtime",),
    "runtime/memory": ("runtime",),
    "runtime/asio": ("runtime/fibers", "runtime/memory"),
    "sim": ("runtime/fibers", "runtime/memory"),
    # The rooms of a broker. The way goes from a door through the services down to the store, and never back;
    # below the doors nothing knows of remoting.
    "broker/files": ("runtime/sync",),
    "broker/store": ("broker/files",),
    "broker/config": ("broker/store",),
    "broker/topics": ("broker/config",),
    "broker/groups": ("broker/config",),
    "broker/offsets": ("broker/files",),
    "broker/membership": ("runtime",),
    "broker/statistics": ("runtime",),
    "broker/sending": ("broker/topics", "broker/groups"),
    "broker/pulling": ("broker/topics", "broker/groups", "broker/offsets", "broker/membership"),
    "broker/consuming": ("broker/topics", "broker/groups", "broker/offsets", "broker/membership"),
    "broker/querying": ("broker/topics", "broker/groups", "broker/offsets"),
    "broker/administration": ("broker/pulling",),
    "broker/services": ("broker/sending", "broker/pulling", "broker/consuming", "broker/querying",
                        "broker/administration"),
    "broker/door": ("runtime/remoting",),
    "broker/processor": ("broker/services", "broker/statistics", "broker/door"),
    "broker/registration": ("broker/topics", "runtime/remoting"),
    "broker/namesrv": ("broker/config", "broker/door"),
    "broker": ("broker/processor", "broker/registration"),
    "client": ("runtime/remoting", "client/include"),
    "client/include": ("model",),
    "client/face": ("client", "runtime/asio"),
    "client/bench": ("client",),
    "client/examples": ("client/include",),
    "traces": ("runtime",),
    "properties": ("sim", "broker", "broker/namesrv", "client", "traces"),
    "tests": ("properties", "client/face", "client/bench", "runtime/asio"),
    # A door that needs no wire.
    "tests/broker/inprocess": ("broker/services", "sim"),
    # Programs that are measured.
    "tests/bench": ("broker/main",),
    # A main/ is where runtime/asio meets the rest.
    "broker/main": ("broker", "broker/namesrv", "runtime/asio"),
    "client/main": ("client/face", "client/bench"),
    "traces/main": ("traces", "runtime/asio"),
    "properties/main": ("properties", "runtime/asio"),
}

# Folders of the tree that any world's code may use, but not the product: it has the runtime for that.
MAINS = tuple(box for box in ARROWS if box.endswith("/main"))
ROOMS = tuple(box for box in ARROWS if box.startswith("broker/") and box not in MAINS)
PRODUCT = ("model", "runtime/sync", "runtime/remoting", "broker", *ROOMS, "client", "client/include", "traces")

# (headers, the boxes that may include them)
RESERVED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"boost/(fiber|context)/", ("runtime/fibers",)),
    (r"boost/asio(/|\.hpp)", ("runtime/asio", *MAINS)),
    (r"spdlog/", ("runtime/asio", *MAINS)),
    (r"CLI/", MAINS),
    (r"(gtest|gmock)/", ("tests", "tests/broker/inprocess")),
    (r"rapidcheck", ("tests", "properties", "properties/main")),
)
# Requests and answers as remoting has them. JSON texts and what they hold are in files as well.
WIRE = re.compile(r"model/protocol/(?!bodies/|json(_codec)?\.h|language\.h)")
WORLDLY = re.compile(
    r"(thread|mutex|shared_mutex|condition_variable|future|random|fstream|iostream|filesystem|locale|ctime|"
    r"csignal|latch|barrier|semaphore|stop_token|syncstream|"
    r"(unistd|fcntl|pthread|poll|signal|time|netdb|dirent|sched)\.h|(sys|netinet|arpa|linux)/.*)")

TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "dev", "docs", *BOXES}

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def box_of(path: str) -> str | None:
    """The box of a file: the longest folder in ARROWS that holds it."""
    holding = [box for box in ARROWS if path.startswith(box + "/")]
    return max(holding, key=len, default=None)


def visible_from(box: str) -> set[str]:
    seen = {box}
    for next_box in ARROWS[box]:
        seen |= visible_from(next_box)
    return seen


def _judge(source: str, box: str, quote: str, header: str) -> str | None:
    """What is wrong with one include, or None."""
    if quote == "<" and header.startswith("gantry/"):
        quote, header = '"', f"client/include/{header}"
    if quote == '"':
        target = box_of(header)
        if target is None:
            return f'"{header}" does not start at the root of the tree'
        if target not in visible_from(box):
            return f"{box} does not see {target}"
        if box in ROOMS and "runtime/remoting" not in visible_from(box) and WIRE.match(header):
            return f'"{header}" is the wire\'s; {box} is behind a door'
        if "/mutants/" in header:
            return "nothing includes a mutant"
        return None
    for pattern, allowed in RESERVED:
        if re.match(pattern, header) and box not in allowed:
            return f"<{header}> belongs to {', '.join(allowed)}"
    if box in PRODUCT and WORLDLY.fullmatch(header):
        return f"<{header}> is the world's; {box} has the runtime for that"
    return None


def check_layers(root: Path) -> list[str]:
    """Every include that breaks an arrow, as `file:line: why`."""
    wrong = []
    for path in all_sources(root):
        box = box_of(path.as_posix())
        text = (root / path).read_text(encoding="utf-8")
        if box is None:
            wrong.append(f"{path}:1: belongs to no box")
            continue
        for found in _INCLUDE.finditer(text):
            if why := _judge(path.as_posix(), box, found.group(1), found.group(2)):
                wrong.append(f"{path}:{text.count(chr(10), 0, found.start(1)) + 1}: {why}")
    return wrong


def check_top_level(root: Path) -> list[str]:
    """Names at the top that are neither in the house nor hidden nor ignored by git."""
    ignored = [line.strip().strip("/") for line in (root / ".gitignore").read_text().splitlines()]
    return [f"{path.name}: nothing of that name belongs to the top level" for path in sorted(root.iterdir())
            if not path.name.startswith(".") and path.name not in TOP_LEVEL
            and not any(fnmatchcase(path.name, pattern) for pattern in ignored)]


# in_simulation() carries a test framework's exception of unknown type out of a fiber, after NodeGone.
MAY_CATCH_ALL = {"sim/simulation.cpp"}


def check_catch_all(root: Path) -> list[str]:
    """`catch (...)` outside the tests: it would swallow the end of a crashed fiber."""
    wrong = []
    for path in all_sources(root, tuple(box for box in BOXES if box != "tests")):
        if path.as_posix() in MAY_CATCH_ALL:
            continue
        code = code_of((root / path).read_text(encoding="utf-8"))
        for found in re.finditer(r"\bcatch\s*\(\s*\.\.\.\s*\)", code):
            wrong.append(f"{path}:{code.count(chr(10), 0, found.start()) + 1}: catch (...)")
    return wrong


def check_unordered(root: Path) -> list[str]:
    """Containers without an order, and order by address, wherever a decision of a node or of a run could hang on it."""
    wrong = []
    for path in all_sources(root, tuple(box for box in BOXES if box != "tests")):
        if path.as_posix().startswith(("client/examples/", "runtime/asio/")):
            continue  # ordinary programs, and the real world: nothing repeats itself there
        code = code_of((root / path).read_text(encoding="utf-8"))
        for found in re.finditer(r"\bunordered_(multi)?(map|set)\b|\bstd::hash\b|\bowner_less\b"
                                 r"|\b(random_shuffle|shuffle|sample)\s*\(|#\s*include\s*<random>", code):
            wrong.append(f"{path}:{code.count(chr(10), 0, found.start()) + 1}: {found.group()} has no order of its own, or one that differs by library")
    return wrong

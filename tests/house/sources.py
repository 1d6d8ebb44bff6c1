"""The C++ sources of the tree, and their text without comments and strings."""
import re
from collections.abc import Iterator
from pathlib import Path

BOXES = ("model", "runtime", "sim", "broker", "client", "traces", "properties", "tests")
SUFFIXES = (".h", ".cpp")


def all_sources(root: Path, boxes: tuple[str, ...] = BOXES) -> Iterator[Path]:
    """Every source below these folders, as a path from the root, in order."""
    for box in boxes:
        for path in sorted((root / box).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path.relative_to(root)


_NOT_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def code_of(text: str) -> str:
    """The text with comments and literals blanked; lines keep their numbers."""
    return _NOT_CODE.sub(lambda found: "\n" * found.group().count("\n") or " ", text)

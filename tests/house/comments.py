"""What the comments and pages of the tree owe their reader: each virtual function says what it promises, and what a
comment or a page refers to is there."""
import re
from pathlib import Path

from sources import BOXES, all_sources

_VIRTUAL = re.compile(r"^\s*virtual\b(?!.*~)")
_COMMENT = re.compile(r"^\s*//")


def check_virtuals(root: Path) -> list[str]:
    """Virtual functions, declared for the first time, that have no comment above them or at their line's end."""
    wrong = []
    for path in all_sources(root, tuple(box for box in BOXES if box != "tests")):
        if path.suffix != ".h":
            continue
        lines = (root / path).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if not _VIRTUAL.match(line):
                continue
            declaration = number
            while not re.search(r"[;{]", lines[declaration]):
                declaration += 1
            above = number > 0 and _COMMENT.match(lines[number - 1])
            if not above and not any("//" in each for each in lines[number:declaration + 1]):
                wrong.append(f"{path}:{number + 1}: a virtual function without a comment that says what it promises")
    return wrong


_TOPS = "|".join((*BOXES, "docs"))
# A path from the root, as prose writes it: `broker/store/log/log.h`, docs/limits.md, sim/seal. One with a NAME in it, or
# with a file that is yours to write, stands for many.
_PATH = re.compile(rf"(?<![\w./<-])((?:{_TOPS})/[\w./-]*\w)")
_FOR_MANY = re.compile(r"NAME|/your_")
_LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
_FILE = re.compile(r"(?<![\w/.<>\"-])([a-z_]+\.(?:md|h))\b")


def _comments_of(text: str) -> str:
    """The text with everything but comments blanked; lines keep their numbers."""
    return "\n".join(line[line.index("//"):] if "//" in line else "" for line in text.splitlines())


def _is_there(root: Path, path: str) -> bool:
    return any((root / (path + ending)).exists() for ending in ("", ".h", ".cpp", ".py", ".md"))


def _sections_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made of their words."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _leads_somewhere(page: Path, to: str, section: str) -> bool:
    target = page.parent / to if to else page
    return target.exists() and (not section or section in _sections_of(target))


def check_references(root: Path) -> list[str]:
    """Paths and pages that a comment or a page names and that are not in the tree."""
    wrong = []
    names = {path.name for path in (root / "docs").glob("*.md")} | {"README.md"}
    headers = {path.name for path in all_sources(root)}
    pages = [*sorted((root / "docs").glob("*.md")), root / "README.md"]
    sources = [root / path for path in all_sources(root)]
    for path in [*pages, *sources]:
        text = path.read_text(encoding="utf-8")
        page = path.suffix == ".md"
        prose = text if page else _comments_of(text)
        for number, line in enumerate(prose.splitlines(), 1):
            where = f"{path.relative_to(root)}:{number}"
            for found in _PATH.findall(line):
                if not _FOR_MANY.search(found) and not _is_there(root, found):
                    wrong.append(f"{where}: {found} is not in the tree")
            for to, section in _LINK.findall(line) if page else ():
                if "://" not in to and not _leads_somewhere(path, to, section):
                    wrong.append(f"{where}: the link to {to}{section} leads nowhere")
            for found in _FILE.findall(line):
                if found not in names and found not in headers:
                    wrong.append(f"{where}: there is no {found} in the tree")
    return wrong

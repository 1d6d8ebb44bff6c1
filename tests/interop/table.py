"""docs/interop.md, and its tables in README.md, written from what the cases said. What a run did not ask keeps its old
cell."""
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from features import CLIENTS, FEATURES, MIXED, MQADMIN, NOT_ASKED, NOT_THERE
from marks import write_between

YES, NO, NEVER = "yes", "**no**", "not run"
REASON_CHARACTERS = 300

HEAD = """# Clients that nobody here wrote

`./dev test interop` writes this page from what it saw; do not edit it. The clients are real and unmodified, as their registries
have them. They run on real sockets against one NameServer and two masters of Gantry. A cell says `yes` when the case passed, and
`**no**` when it failed; the end of the page says why. A letter stands for a case that was not asked of this client, and the line
below the table gives the reason. The cases are in `tests/interop`, and the rows and columns are in its `features.py`.
"""


@dataclass
class Cells:
    """A table's cells by (row, column), as the page has them now."""
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, page: str) -> None:
        columns: list[str] = []
        for line in page.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
            if not cells:
                columns = []
            elif not columns:
                columns = cells
            elif len(cells) == len(columns):
                self.known.update({(cells[0], column): cell for column, cell in zip(columns, cells)})


class Page:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.before = Cells()
        self.reasons: dict[str, str] = {}
        text = path.read_text() if path.exists() else ""
        self.before.read(text)
        for place, why in re.findall(r"^- \*\*(.+?)\*\*: (.*)$", text, re.MULTILINE):
            self.reasons[place] = why
        self.letters: dict[str, str] = {}
        self.failures: list[str] = []

    def write(self, results: Mapping[str, str], readme: Path) -> None:
        """`results` has, by `suite.case`, why it failed; nothing for what passed. README gets the clients' table between
        its marks, and how many of the rest work."""
        clients, mqadmin, mixed = (list(part(results)) for part in (self._clients, self._mqadmin, self._mixed))
        parts = [HEAD, "## Clients", "", *clients, *mqadmin, *mixed]
        parts += ["", "## What does not work", "", *(self.failures or ["Nothing that was asked."])]
        self.path.write_text("\n".join(parts) + "\n")
        rest = f"Commands of `mqadmin` 4.9.7: {_working(mqadmin)}. Servers of both houses together: {_working(mixed)}."
        write_between(readme, "interop", [*clients, "", rest])

    def _cell(self, results: Mapping[str, str], name: str, row: str, column: str) -> str:
        place = f"{row}; {column}"
        if name in results:
            why = " ".join(results[name].split())[:REASON_CHARACTERS]
        else:
            before = self.before.known.get((row, column), NEVER)
            if before in (YES, NEVER):
                return before
            why = self.reasons.get(place, "the reason is not known any more")
        if not why:
            return YES
        self.failures.append(f"- **{place}**: {why}")
        return NO

    def _letter(self, why: str) -> str:
        return self.letters.setdefault(why, "abcdefgh"[len(self.letters)])

    def _clients(self, results: Mapping[str, str]) -> Iterator[str]:
        rows = [["", *(client.title for client in CLIENTS)]]
        for case, title in FEATURES.items():
            row = [title]
            for client in CLIENTS:
                if case in client.cases:
                    row.append(self._cell(results, f"{client.suite}.{case}", title, client.title))
                else:
                    row.append(self._letter(NOT_THERE.get((client.title, case), NOT_ASKED)))
            rows.append(row)
        yield from _table(rows)
        yield ""
        yield "; ".join(f"{letter}: {why}" for why, letter in self.letters.items()) + "."

    def _mqadmin(self, results: Mapping[str, str]) -> Iterator[str]:
        yield from ["", "## mqadmin 4.9.7", ""]
        yield from _table([["command", "what its output must show", "works"]] + [
            [f"`{command}`", what, self._cell(results, f"mqadmin.{command}", f"`{command}`", "works")]
            for command, what in MQADMIN.items()])

    def _mixed(self, results: Mapping[str, str]) -> Iterator[str]:
        yield from ["", "## Servers of both houses", ""]
        yield from _table([["client, broker, NameServer", "works"]] + [
            [", ".join(who), self._cell(results, name, ", ".join(who), "works")] for name, who in MIXED.items()])


def _working(lines: list[str]) -> str:
    """Of a table whose last column says whether something works."""
    cells = [line.strip("|").split("|")[-1].strip() for line in lines if line.startswith("| ")][1:]
    return f"{cells.count(YES)} of {len(cells)} work"


def _table(rows: list[list[str]]) -> Iterator[str]:
    """The first row is the head. Columns are padded, so that the source reads well, too."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"

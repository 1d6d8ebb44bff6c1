"""Plants each bug of this folder into mqsim and shows that a claim finds it and how small its case gets.

Usage: run.py BUILD_FOLDER [--write FILE] [NAME...]

A mutant is a patch of one source file; the lines before the first `---` say what it stands for:

    Stands for: the kind of bug, as it is met in real brokers
    Found by:   the claims, one of which must be the first that fails
    Minimum:    the fewest faults and operations that show it, as far as known: `1 fault, 1 operation`; and behind it,
                after `;`, those of another way in which it shows itself and from which nothing can be left out

Only the units with that file are compiled again, and mqsim is linked with them, so the product holds nothing of the bug. The first
of at most 300 generated cases that fails is shrunk. What is left may have 2 records more than the minimum, or be
exactly as large as the other way, and its
claims must hold without the bug. A patch that no longer applies is a failure. The program prints `ok` or `FAILED` for
each mutant and ends with code 1 if one failed. --write puts the table between the marks in FILE.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from marks import write_between

CASES_MAX = 300
SPARE_RECORDS = 2
FILE_BYTES_MAX = 4096


class Broken(Exception):
    """The mutant could not be built, was not found, or its case stayed large."""


@dataclass
class Mutant:
    """One patch and what it says of itself."""

    patch: Path
    source: str
    stands_for: str
    found_by: list[str]
    minima: list[tuple[int, int]]  # faults and operations; the smallest first

    @property
    def name(self) -> str:
        return self.patch.stem

    @staticmethod
    def read(patch: Path) -> "Mutant":
        head, _, diff = patch.read_text().partition("\n--- ")
        sources = re.findall(r"^\+\+\+ b/(\S+)", diff, re.M)
        stands_for = re.search(r"^Stands for:\s*(.+?)\n(?=[A-Z]\w+( \w+)?:)", head + "\n", re.M | re.S)
        found_by = re.search(r"^Found by:\s*(.+)$", head, re.M)
        minimum = re.search(r"^Minimum:\s*(.+)$", head, re.M)
        minima = [(int(f), int(o)) for f, o in re.findall(r"(\d+) faults?, (\d+) operations?", minimum[1] if minimum else "")]
        if len(sources) != 1 or not stands_for or not found_by or not minima:
            raise Broken(f"{patch.name} lacks `Stands for:`, `Found by:`, `Minimum:` or its one patched file")
        return Mutant(patch, sources[0], " ".join(stands_for[1].split()), re.findall(r"\w+", found_by[1]),
                      minima)


@dataclass
class Found:
    """What came of one mutant."""

    mutant: Mutant
    claim: str
    case: int
    faults: int
    operations: int
    runs: int
    seconds: float

    def row(self) -> str:
        m = self.mutant
        return (f"| `{m.name}` | {m.stands_for.rstrip('.')} | `{self.claim}` | {self.case} | "
                f"{self.faults} + {self.operations} | {m.minima[0][0]} + {m.minima[0][1]} | {self.runs} | {self.seconds:.1f} |")

    def line(self) -> str:
        return (f"found by {self.claim} in case {self.case}, shrunk to {counted(self.faults, 'fault')} and "
                f"{counted(self.operations, 'operation')} in {self.runs} runs; {self.seconds:.1f} s")


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


HEADER = """| mutant | stands for | found by | first in case | shrunk to faults + operations | least known | runs | seconds |
|---|---|---|---|---|---|---|---|"""


def call(command: list[str], cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"`{' '.join(command)[:200]}` failed: {(done.stdout + done.stderr)[-1500:]}")


def patched_source(mutant: Mutant, into: Path) -> Path:
    """A copy of the source with the bug in it."""
    copy = into / mutant.source
    copy.parent.mkdir(parents=True)
    copy.write_bytes((ROOT / mutant.source).read_bytes())
    call(["patch", "-p1", "--fuzz=0", "-i", str(mutant.patch)], into)
    return copy


def units_of(build: Path, mutant: Mutant) -> list[dict[str, str]]:
    """The units of the product that are compiled with the patched file: itself, or all that include a header."""
    units = [u for u in json.loads((build / "compile_commands.json").read_text()) if "CMakeFiles/gantry_" in u["command"]]
    if not mutant.source.endswith(".h"):
        return [u for u in units if Path(u["file"]) == ROOT / mutant.source]
    deps = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True, check=True).stdout
    with_it = {entry.split(":", 1)[0] for entry in deps.split("\n\n")
               if any(line.strip().endswith(mutant.source) for line in entry.splitlines())}
    return [u for u in units if any(word in with_it for word in shlex.split(u["command"]))]


def compile_units(build: Path, mutant: Mutant, source: Path, into: Path) -> list[Path]:
    """Compiles them with the copy as the build compiles them with the original."""
    units = units_of(build, mutant)
    if not units:
        raise Broken(f"{mutant.source} is in no unit of {build}")
    targets = []
    for unit in units:
        words = shlex.split(unit["command"])
        target = into / f"{len(targets)}.o"
        words[words.index("-o") + 1] = str(target)
        if mutant.source.endswith(".h"):
            words.insert(words.index(next(w for w in words if w.startswith("-I"))), f"-I{into}")
        else:
            words[words.index("-c") + 1] = str(source)
        call(words, Path(unit["directory"]))
        targets.append(target)
    return targets


def link(build: Path, units: list[Path], into: Path) -> Path:
    """Links mqsim with the units in front of the archives, so that theirs are never taken."""
    commands = subprocess.run(["ninja", "-C", str(build), "-t", "commands", "mqsim"], capture_output=True, text=True,
                              check=True).stdout.splitlines()
    words = shlex.split(commands[-1].removeprefix(": && ").removesuffix(" && :"))
    program = into / "mqsim"
    at = words.index("-o") + 1
    words[at] = str(program)
    words[at + 1:at + 1] = map(str, units)
    call(words, build)
    return program


def plant(build: Path, mutant: Mutant) -> Path:
    """The simulator's program with the bug in it, in a folder of its own."""
    work = build / "mutants" / mutant.name  # the same each time: the compiler cache knows it
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return link(build, compile_units(build, mutant, patched_source(mutant, work), work), work)


def hunt(build: Path, patch: Path) -> Found:
    """Builds one mutant, finds it, and judges what is left of its case."""
    mutant = Mutant.read(patch)
    program = plant(build, mutant)
    begin = time.monotonic()
    done = subprocess.run([str(program), "run", "--seeds", str(CASES_MAX), "--jobs", "1", "--until-failure"],
                          cwd=program.parent, capture_output=True, text=True, check=False, timeout=1200)
    seconds = time.monotonic() - begin
    found = re.search(r"^seed (\d+): (\w+):", done.stdout, re.M)
    small = re.search(r"^shrunk to (\d+) faults?, (\d+) operations?, \d+ nodes? in (\d+) runs", done.stdout, re.M)
    if not found or not small:
        raise Broken(f"no claim found it in {CASES_MAX} cases: {done.stdout[-800:]}{done.stderr[-800:]}")
    result = Found(mutant, found[2], int(found[1]), int(small[1]), int(small[2]), int(small[3]), seconds)
    file = program.parent / f"case-{result.case}.txt"
    if result.claim not in mutant.found_by:
        raise Broken(f"{result.line()}; that claim is not named in the patch")
    if result.faults + result.operations > max(sum(mutant.minima[0]) + SPARE_RECORDS, *map(sum, mutant.minima)):
        raise Broken(f"{result.line()}; {mutant.minima[0][0]} + {mutant.minima[0][1]} would do; see {file}")
    if file.stat().st_size > FILE_BYTES_MAX:
        raise Broken(f"{result.line()}; {file} has more than {FILE_BYTES_MAX} bytes")
    clean = subprocess.run([str(build / "mqsim"), "replay", str(file)], capture_output=True, text=True, check=False)
    if clean.returncode != 0:
        raise Broken(f"{result.line()}; {file} fails without the bug as well: {clean.stdout[-800:]}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    patches = [p for p in sorted(Path(__file__).parent.glob("*.patch")) if not options.names or p.stem in options.names]
    unknown = set(options.names) - {p.stem for p in patches}
    if unknown or not patches:
        print(f"FAILED no mutant is called {' or '.join(sorted(unknown))}")
        return 1
    build = options.build.resolve()
    rows, good = [], True
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:  # each runs one process after the other
        for patch, future in [(patch, pool.submit(hunt, build, patch)) for patch in patches]:
            try:
                result = future.result()
                rows.append(result.row())
                print(f"ok     mutant {patch.stem}: {result.line()}", flush=True)
            except (Broken, subprocess.TimeoutExpired) as error:
                print(f"FAILED mutant {patch.stem}: {error}", flush=True)
                good = False
    if good and options.write:
        write_between(options.write, "mutants", [HEADER, *rows])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""Plants bugs that nobody who wrote the claims and the generator had in mind, and tells which of them are found.

Usage: strangers.py BUILD_FOLDER [--cases N] [--write FILE] [NAME...]

Each patch in `strangers/` was written by somebody who had read the product and the patterns of bugs in real brokers, and
neither the claims nor the generator. Its head says what is wrong (`Bug:`), what it stands for (`Stands for:`) and what it
breaks (`Breaks:`). The program runs generated cases with each until one fails, N at most (500), and prints the claim and
the case. This measures and is no test: a bug that is not found is no failure, one that cannot be built is.
"""
import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from run import Broken, Mutant, plant, write_between

FOLDER = Path(__file__).parent / "strangers"
HEADER = "| bug | breaks | found by | in case |\n|---|---|---|---|"


@dataclass
class Hunted:
    name: str
    breaks: str
    claim: str  # empty: nothing found it
    case: int

    def row(self) -> str:
        found = f"`{self.claim}` | {self.case}" if self.claim else "- | -"
        return f"| `{self.name}` | {self.breaks.rstrip('.')} | {found} |"


def stranger(patch: Path) -> tuple[Mutant, str]:
    """The patch as something that can be planted, and what it breaks."""
    head, _, diff = patch.read_text().partition("\n--- ")
    sources = re.findall(r"^\+\+\+ b/(\S+)", diff, re.M)
    breaks = re.search(r"^Breaks:\s*(.+)$", head, re.M)
    if len(sources) != 1 or not breaks:
        raise Broken(f"{patch.name} lacks `Breaks:` or its one patched file")
    return Mutant(patch, sources[0], "", [], 0, 0), breaks[1]


def hunt(build: Path, patch: Path, cases: int) -> Hunted:
    mutant, breaks = stranger(patch)
    program = plant(build, mutant)
    done = subprocess.run([str(program), "run", "--seeds", str(cases), "--jobs", "1", "--until-failure", "--as-it-is"],
                          cwd=program.parent, capture_output=True, text=True, check=False, timeout=3600)
    found = re.search(r"^seed (\d+): (\w+):", done.stdout, re.M)
    if done.returncode not in (0, 1) or (done.returncode == 1 and not found):
        raise Broken(f"{done.stdout[-800:]}{done.stderr[-800:]}")
    return Hunted(patch.stem, breaks, found[2] if found else "", int(found[1]) if found else 0)


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    patches = [p for p in sorted(FOLDER.glob("*.patch")) if not options.names or p.stem in options.names]
    rows, found, good = [], 0, True
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        hunts = [(p, pool.submit(hunt, options.build.resolve(), p, options.cases)) for p in patches]
        for patch, future in hunts:
            try:
                hunted = future.result()
            except (Broken, subprocess.TimeoutExpired) as error:
                print(f"FAILED {patch.stem}: {error}", flush=True)
                good = False
                continue
            rows.append(hunted.row())
            found += bool(hunted.claim)
            print(f"{'found' if hunted.claim else '-----'}  {hunted.name} {hunted.claim} {hunted.case or ''}", flush=True)
    print(f"{found} of {len(patches)} within {options.cases} cases")
    if good and options.write:
        write_between(options.write, "strangers", [HEADER, *rows])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""Plants bugs that nobody who wrote the claims and the generator had in mind, and tells which of them are found.

Usage: strangers.py BUILD_FOLDER [--cases N] [NAME...]

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
from pathlib import Path

from run import Broken, Mutant, plant

FOLDER = Path(__file__).parent / "strangers"


def stranger(patch: Path) -> Mutant:
    """The patch as something that can be planted."""
    head, _, diff = patch.read_text().partition("\n--- ")
    sources = re.findall(r"^\+\+\+ b/(\S+)", diff, re.M)
    if len(sources) != 1 or not all(re.search(f"^{word}:", head, re.M) for word in ("Bug", "Stands for", "Breaks")):
        raise Broken(f"{patch.name} lacks a line of its head or its one patched file")
    return Mutant(patch, sources[0], "", [], [])


def hunt(build: Path, patch: Path, cases: int) -> str:
    """The claim that found it and the case; empty when nothing did."""
    program = plant(build, stranger(patch))
    done = subprocess.run([str(program), "run", "--seeds", str(cases), "--jobs", "1", "--until-failure", "--as-it-is"],
                          cwd=program.parent, capture_output=True, text=True, check=False, timeout=3600)
    found = re.search(r"^seed (\d+): (\w+):", done.stdout, re.M)
    if done.returncode not in (0, 1) or (done.returncode == 1 and not found):
        raise Broken(f"{done.stdout[-800:]}{done.stderr[-800:]}")
    return f"{found[2]} {found[1]}" if found else ""


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cases", type=int, default=500)
    options = parser.parse_args()
    patches = [p for p in sorted(FOLDER.glob("*.patch")) if not options.names or p.stem in options.names]
    found, good = 0, True
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        hunts = [(p, pool.submit(hunt, options.build.resolve(), p, options.cases)) for p in patches]
        for patch, future in hunts:
            try:
                by = future.result()
            except (Broken, subprocess.TimeoutExpired) as error:
                print(f"FAILED {patch.stem}: {error}", flush=True)
                good = False
                continue
            found += bool(by)
            print(f"{'found' if by else '-----'}  {patch.stem} {by}", flush=True)
    print(f"{found} of {len(patches)} within {options.cases} cases")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

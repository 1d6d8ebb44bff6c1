#!/usr/bin/env python3
"""The same case gives the same hash, whatever the build and whatever surrounds it.
Usage: run.py MQSIM... [--cases N]

Runs generated cases with every build named, and with the first one also in surroundings made to differ:
other hashes of texts, heap fill and layout, address layout, time zone, locale, environment, working directory,
number of processes. A case is a test: `ok NAME` when all its hashes are equal and no other case has them, else
`FAILED NAME: who says what`; a run that crashed has no hash.
"""
import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Surroundings:
    name: str
    environment: dict[str, str]
    before: tuple[str, ...] = ()  # a command that runs the command after it
    options: tuple[str, ...] = ()


CALM = Surroundings("calm", {"TZ": "UTC", "LC_ALL": "C"})
HOSTILE = [
    Surroundings("hostile", {
        "TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "MALLOC_PERTURB_": "165", "MALLOC_ARENA_MAX": "1",
        "MALLOC_TOP_PAD_": "1048576", "GANTRY_HASH_SALT": "9e3779b97f4a7c15", "PADDING": "x" * 5000}, options=("--jobs", "3")),
    Surroundings("hostile_fixed_layout", {
        "TZ": "America/St_Johns", "LC_ALL": "fa_IR.UTF-8", "MALLOC_PERTURB_": "90", "MALLOC_MMAP_THRESHOLD_": "4096",
        "GANTRY_HASH_SALT": "0123456789abcdef"}, ("setarch", "-R"), ("--jobs", "1")),
]
PASSED_ON = ("PATH", "HOME", "ASAN_OPTIONS")


def make_locales(folder: Path) -> None:
    """The locales that the surroundings name, compiled from the system's sources: a machine may have none of them."""
    for name in sorted({around.environment["LC_ALL"] for around in HOSTILE}):
        language, charmap = name.split(".")
        subprocess.run(["localedef", "-i", language, "-f", charmap, str(folder / name)], check=True, capture_output=True)


def hashes(mqsim: Path, cases: int, around: Surroundings, locales: Path) -> dict[str, str]:
    """Seed -> hash, as `mqsim run --hashes` prints them."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | around.environment
    environment["LOCPATH"] = str(locales)
    with tempfile.TemporaryDirectory(prefix=f"gantry-{around.name}-") as folder:
        done = subprocess.run([*around.before, str(mqsim), "run", "--seeds", str(cases), "--hashes", *around.options], cwd=folder,
                              env=environment, text=True, stdout=subprocess.PIPE)
    if done.returncode not in (0, 1):  # 1: a claim failed, which is for the properties to say
        raise RuntimeError(f"{mqsim} ended with {done.returncode}")
    lines = [line.split() for line in done.stdout.splitlines()]
    return {words[0]: words[1] for words in lines if len(words) == 2 and words[0].isdigit()}


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("mqsim", type=Path, nargs="+")
    parser.add_argument("--cases", type=int, default=100)
    options = parser.parse_args()
    programs = [path.resolve() for path in options.mqsim]
    plan = [(program, CALM) for program in programs] + [(programs[0], around) for around in HOSTILE]
    with tempfile.TemporaryDirectory(prefix="gantry-locales-") as locales:
        make_locales(Path(locales))
        said = {f"{program.parent.name} {around.name}": hashes(program, options.cases, around, Path(locales))
                for program, around in plan}
    taken: set[str] = set()
    failed = 0
    for seed in range(1, options.cases + 1):
        of = {who: table.get(str(seed), "nothing") for who, table in said.items()}
        equal = len(set(of.values())) == 1 and "nothing" not in of.values() and taken.isdisjoint(of.values())
        taken.update(of.values())
        failed += not equal
        print(f"ok     determinism.seed_{seed}" if equal else f"FAILED determinism.seed_{seed}: {of}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Plants each bug of this folder into mqsim and shows that a claim finds it.

Usage: run.py BUILD_FOLDER [NAME...]

A mutant is a patch of one source file; the lines before the first `---` say what it stands for
(`Stands for:`) and which claim must find it (`Found by:`). Only that unit is compiled again and mqsim
linked with it: the product holds nothing of it. A patch that no longer applies is a failure.
Prints `ok` or `FAILED` for each; exit code 1 when one failed.
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 100


class Broken(Exception):
    """The mutant could not be built."""


@dataclass
class Mutant:
    """One patch and what it says of itself."""

    patch: Path
    source: str
    found_by: str

    @staticmethod
    def read(patch: Path) -> "Mutant":
        text = patch.read_text()
        source = re.search(r"^\+\+\+ b/(\S+)", text, re.M)
        found_by = re.search(r"^Found by: (\S+)", text, re.M)
        if not source or not found_by or "Stands for:" not in text:
            raise Broken(f"{patch.name} lacks `Stands for:`, `Found by:` or a patched file")
        return Mutant(patch, source[1], found_by[1])


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


def compile_unit(build: Path, mutant: Mutant, source: Path) -> Path:
    """Compiles the copy as the build compiles the original."""
    units = json.loads((build / "compile_commands.json").read_text())
    unit = next((u for u in units if Path(u["file"]) == ROOT / mutant.source), None)
    if unit is None:
        raise Broken(f"{mutant.source} is no unit of {build}")
    words = shlex.split(unit["command"])
    target = source.with_suffix(".o")
    words[words.index("-o") + 1] = str(target)
    words[words.index("-c") + 1] = str(source)
    call(words, Path(unit["directory"]))
    return target


def link(build: Path, unit: Path, into: Path) -> Path:
    """Links mqsim with the unit in front of the archives, so that theirs is never taken."""
    commands = subprocess.run(["ninja", "-C", str(build), "-t", "commands", "mqsim"], capture_output=True, text=True,
                              check=True).stdout.splitlines()
    words = shlex.split(commands[-1].removeprefix(": && ").removesuffix(" && :"))
    program = into / "mqsim"
    at = words.index("-o") + 1
    words[at] = str(program)
    words.insert(at + 1, str(unit))
    call(words, build)
    return program


def hunt(build: Path, mutant: Mutant) -> str:
    """Builds and runs one mutant; returns what found it, or raises."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        program = link(build, compile_unit(build, mutant, patched_source(mutant, work)), work)
        done = subprocess.run([str(program), "run", "--seeds", str(SEEDS)], cwd=work, capture_output=True, text=True,
                              check=False, timeout=1200)
        found = re.findall(r"^seed (\d+): (\w+):", done.stdout, re.M)
        seeds = sorted(int(seed) for seed, claim in found if claim == mutant.found_by)
        if not seeds:
            raise Broken(f"{mutant.found_by} did not find it in {SEEDS} cases: {done.stdout[-800:]}{done.stderr[-800:]}")
        return f"found by {mutant.found_by} in case {seeds[0]}, in {len(seeds)} of {SEEDS} cases"


def main() -> int:
    build = Path(sys.argv[1]).resolve()
    wanted = set(sys.argv[2:])
    good = True
    for patch in sorted(Path(__file__).parent.glob("*.patch")):
        if wanted and patch.stem not in wanted:
            continue
        try:
            print(f"ok     mutant {patch.stem}: {hunt(build, Mutant.read(patch))}", flush=True)
        except Broken as error:
            print(f"FAILED mutant {patch.stem}: {error}", flush=True)
            good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

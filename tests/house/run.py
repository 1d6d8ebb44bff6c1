#!/usr/bin/env python3
"""The checks that keep the house. Usage: run.py layers | run.py all BUILD...

`layers` reads the sources; `all` reads the product archives of each build folder as well and shows
that every check catches what it is there for. Prints one line per check; exit code 1 if one failed.
"""
import sys
from collections.abc import Callable
from pathlib import Path

import comments
import layers
import planted
import symbols

ROOT = Path(__file__).resolve().parents[2]


def report(name: str, wrong: list[str]) -> bool:
    print(f"{'FAILED' if wrong else 'ok':6} house.{name}", flush=True)
    for line in wrong:
        print(f"       {line}", flush=True)
    return not wrong


def in_archives(build: Path, check: Callable[[Path], list[str]]) -> list[str]:
    archives = [build / f"lib{name}.a" for name in symbols.ARCHIVES]
    missing = [f"{archive} is not built" for archive in archives if not archive.exists()]
    return missing or [line for archive in archives for line in check(archive)]


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in ("layers", "all"):
        print(__doc__)
        return 2
    passed = [report("layers", layers.check_layers(ROOT)),
              report("top_level", layers.check_top_level(ROOT)),
              report("catch_all", layers.check_catch_all(ROOT)),
              report("unordered", layers.check_unordered(ROOT)),
              report("virtuals", comments.check_virtuals(ROOT)),
              report("references", comments.check_references(ROOT))]
    everything = arguments[0] == "all"
    for build in map(Path, arguments[1:] if everything else ()):
        passed.append(report(f"symbols.{build.name}", in_archives(build, symbols.check_symbols)))
        passed.append(report(f"instructions.{build.name}", in_archives(build, symbols.check_instructions)))
        passed.append(report(f"statics.{build.name}", in_archives(build, lambda archive: symbols.check_statics(archive, ROOT))))
    for self_test in planted.SELF_TESTS if everything else planted.LIGHT_SELF_TESTS:
        passed.append(report(self_test.__name__, planted.run(self_test)))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

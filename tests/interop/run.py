#!/usr/bin/env python3
"""Real clients on real sockets. Usage: run.py BUILD [--only TEXT] [--house gantry|java]

Fetches the clients, starts clusters on free loopback ports and runs every case against them; one line
per case, `ok NAME` or `FAILED NAME: why`; exit code 1 if one failed. Writes docs/interop.md from what
it saw. --only runs the suites whose name holds the text; --house java runs them against Java's
servers, to test the tests, and writes nothing.
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import bad_input
import clients
import crash
import cxx
import examples
from features import CASES, MQADMIN
from nodes import Houses, Node, end_quietly
from programs import Programs
from report import Report
from table import Page

ROOT = Path(__file__).resolve().parents[2]


class Suite:
    """What every suite gets: where to start nodes, the foreign programs, where to report."""

    def __init__(self, build: Path, programs: Programs, folder: Path, house: str, report: Report) -> None:
        self.build, self.programs, self.folder, self.house, self.report = build, programs, folder, house, report
        self.houses = Houses(build, programs.server_jars, folder)

    def cluster(self, namesrv_house: str, broker_house: str, names: tuple[str, ...],
                **changed: str) -> tuple[Node, list[Node]]:
        """`changed`: what differs in the brokers' configuration."""
        namesrv = self.houses.namesrv(namesrv_house).start()
        return namesrv, [self.houses.serving_broker(broker_house, name, namesrv.address, **changed) for name in names]


# By name: what runs it, and the cases whose cells are in the table.
SUITES: dict[str, tuple[Callable[[Suite], None], list[str]]] = {
    "bad_input": (bad_input.run, []),
    "java_4_9_7": (clients.java_4_9_7, CASES["java_4_9_7"]),
    "java_4_5_2": (clients.java_4_5_2, CASES["java_4_5_2"]),
    "java_5_3_3": (clients.java_5_3_3, CASES["java_5_3_3"]),
    "mqadmin": (clients.mqadmin, list(MQADMIN)),
    "go_client": (clients.go, CASES["go_client"]),
    "node_client": (clients.node, CASES["node_client"]),
    "cxx_client_java_broker": (cxx.against_java, CASES["cxx_client_our_broker"]),
    "cxx_client_our_broker": (cxx.against_ours, CASES["cxx_client_our_broker"]),
    "java_broker_with_our_namesrv": (clients.java_broker_with_our_namesrv, ["route_send_consume"]),
    "our_broker_with_java_namesrv": (clients.our_broker_with_java_namesrv, ["route_send_consume"]),
    "examples": (examples.run, []),
    "kill_under_load": (crash.run, []),
}


def run_suite(name: str, suite: Suite) -> None:
    """A suite that breaks off fails with all that it did not come to; its servers end with it, and must end well."""
    body, cases = SUITES[name]
    try:
        body(suite)
    except (OSError, RuntimeError, TimeoutError, AssertionError, subprocess.SubprocessError) as trouble:
        why = str(trouble) or repr(trouble)
        suite.report.failed(name, why)
        for case in cases:
            if f"{name}.{case}" not in suite.report.results:
                suite.report.failed(f"{name}.{case}", why)
    finally:
        wrong = suite.houses.stop_all()
        suite.report.result(f"{name}.servers_stop_when_asked", "; ".join(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--house", choices=("gantry", "java"), default="gantry")
    options = parser.parse_args()
    build = options.build.resolve()
    if not any(options.only in name for name in SUITES):
        parser.error(f"no suite has `{options.only}` in its name; there are: {', '.join(SUITES)}")

    report = Report(running=[])
    programs = Programs(ROOT / "build" / "interop")
    folder = Path(tempfile.mkdtemp(prefix="gantry-interop-"))
    try:
        for name in SUITES:
            if options.only in name:
                run_suite(name, Suite(build, programs, folder / name, options.house, report))
        if options.house == "gantry":
            Page(ROOT / "docs" / "interop.md").write(report.results, ROOT / "README.md")
    finally:
        for process in report.running:
            end_quietly(process)
        if report.failures:
            shutil.copytree(folder, ROOT / "build" / "interop" / "failed", dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("store*"))
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())

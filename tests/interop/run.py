#!/usr/bin/env python3
"""Real clients on real sockets. Usage: run.py BUILD [--only TEXT] [--house gantry|java]

Fetches the Java and Go clients, starts clusters on free loopback ports and runs every case against
them; one line per case, `ok NAME` or `FAILED NAME: why`; exit code 1 if one failed. --only runs the
suites whose name holds the text; --house java runs them against Java's servers, to test the tests.
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import bad_input
import crash
import cxx
from nodes import Houses, Node, end_quietly
from programs import Programs
from report import Report

ROOT = Path(__file__).resolve().parents[2]

JAVA_CASES = [
    "send_sync", "send_async", "send_one_way", "send_batch", "send_with_selector",
    "consume_clustering_two_members_one_leaves", "consume_broadcasting", "consume_tag_expression",
    "mqadmin_clusterList", "mqadmin_topicList", "mqadmin_topicRoute", "mqadmin_topicStatus", "mqadmin_updateTopic",
    "mqadmin_deleteTopic", "mqadmin_brokerStatus", "mqadmin_consumerProgress", "consume_100000_bodies_by_hash",
]
GO_CASES = ["go_send", "go_push_consume"]


class Suite:
    """What every suite gets: where to start nodes, the foreign programs, where to report."""

    def __init__(self, build: Path, programs: Programs, folder: Path, house: str, report: Report) -> None:
        self.build, self.programs, self.folder, self.house, self.report = build, programs, folder, house, report
        self.houses = Houses(build, programs.jars, folder)

    def cluster(self, namesrv_house: str, broker_house: str, names: tuple[str, ...]) -> tuple[Node, list[Node]]:
        namesrv = self.houses.namesrv(namesrv_house).start()
        return namesrv, [self.houses.serving_broker(broker_house, name, namesrv.address) for name in names]


def java_clients(suite: Suite) -> None:
    namesrv, _ = suite.cluster(suite.house, suite.house, ("broker-a", "broker-b"))
    suite.report.follow("java", JAVA_CASES, suite.programs.java(namesrv.address, 2, JAVA_CASES))
    suite.report.follow("go", GO_CASES, suite.programs.go(namesrv.address, "FromGo"))


def java_broker_with_our_namesrv(suite: Suite) -> None:
    namesrv, _ = suite.cluster(suite.house, "java", ("java-a",))
    suite.report.follow("java_broker_our_namesrv", ["route_send_consume"],
                        suite.programs.java(namesrv.address, 1, ["route_send_consume"]))


def our_broker_with_java_namesrv(suite: Suite) -> None:
    namesrv, _ = suite.cluster("java", suite.house, ("broker-a",))
    suite.report.follow("our_broker_java_namesrv", ["route_send_consume"],
                        suite.programs.java(namesrv.address, 1, ["route_send_consume"]))


SUITES: list[tuple[str, Callable[[Suite], None]]] = [
    ("bad_input", bad_input.run),
    ("java_clients", java_clients),
    ("cxx_client_java_broker", cxx.against_java),
    ("cxx_client_our_broker", cxx.against_ours),
    ("java_broker_with_our_namesrv", java_broker_with_our_namesrv),
    ("our_broker_with_java_namesrv", our_broker_with_java_namesrv),
    ("kill_under_load", crash.run),
]


def run_suite(name: str, body: Callable[[Suite], None], suite: Suite) -> None:
    """A suite that breaks off is a failure; its servers end with it, and must end well."""
    try:
        body(suite)
    except (OSError, RuntimeError, TimeoutError, AssertionError, subprocess.SubprocessError) as trouble:
        suite.report.failed(name, str(trouble) or repr(trouble))
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

    report = Report(running=[])
    programs = Programs(ROOT / "build" / "interop")
    folder = Path(tempfile.mkdtemp(prefix="gantry-interop-"))
    try:
        programs.prepare()
        for name, body in SUITES:
            if options.only in name:
                run_suite(name, body, Suite(build, programs, folder / name, options.house, report))
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

#!/usr/bin/env python3
"""Measures, and compares within one interleaved run. Usage: run.py BUILD [--quick] [--no-java] [--write]

The floor (a server that answers with a constant), Gantry's broker, the same without polling, and the Java broker 4.9.7
stay on core 0, all held still but the one under load; mqbench loads them from core 1, one after another, in the reverse
order every other round.
Prints tables; keeps every run in build/bench/history.csv and the tables in build/bench/performance.md. --write puts
those of a full run into docs/performance.md and README.md, between their marks. Exit code 0 also when a goal is
missed: this measures, and is no test. Exit code 1: it could not measure.
"""
import argparse
import csv
import fcntl
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import company
import ratios
import small
from load import SHAPES, Load, Shape, run_load
from marks import write_between
from memory import FullPageCache
from servers import Server, blocking_broker, fetch_jars, floor_server, gantry_broker, java_broker

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Plan:
    """Of each shape, rounds until so many were quiet, or until there are so many at all."""
    quiet_rounds: int
    rounds_max: int
    seconds: float
    warm_up: float
    java_warm_up: float
    quiet_tails: int
    tails_max: int
    tail_seconds: float
    simulator_runs: int
    company_rounds: int
    company_seconds: float


FULL = Plan(quiet_rounds=5, rounds_max=14, seconds=2, warm_up=0.5, java_warm_up=60, quiet_tails=3, tails_max=6, tail_seconds=5,
            simulator_runs=5, company_rounds=5, company_seconds=2)
QUICK = Plan(quiet_rounds=3, rounds_max=3, seconds=1.5, warm_up=0.3, java_warm_up=20, quiet_tails=1, tails_max=1, tail_seconds=3,
             simulator_runs=3, company_rounds=1, company_seconds=1.5)


def say(text: str) -> None:
    print(text, flush=True)


class History:
    """Every single load, a row each, for reading later; never for failing."""

    def __init__(self, file: Path) -> None:
        self.file, self.started = file, time.strftime("%Y-%m-%dT%H:%M:%S")
        file.parent.mkdir(parents=True, exist_ok=True)

    def add(self, shape: Shape, loop: str, number: int, server: str, load: Load) -> None:
        row = {"run": self.started, "shape": shape.name, "loop": loop, "round": number, "server": server, **asdict(load)}
        new = not self.file.exists()
        with self.file.open("a", newline="") as out:
            writer = csv.DictWriter(out, row.keys())
            if new:
                writer.writeheader()
            writer.writerow(row)


class Bench:
    def __init__(self, build: Path, plan: Plan, history: History, page_cache: FullPageCache) -> None:
        self.build, self.plan, self.history, self.page_cache = build, plan, history, page_cache

    def load(self, server: Server, shape: Shape, seconds: float, warm_up: float, rate: float = 0, neighbour: int | None = None) -> Load:
        self.page_cache.fill()
        return run_load(self.build, server, shape, seconds, warm_up, rate, neighbour)

    def warm_java(self, java: Server) -> None:
        say(f"== the Java broker warms up, {self.plan.java_warm_up:.0f} s")
        each = self.plan.java_warm_up / len(SHAPES)
        for shape in SHAPES:
            self.load(java, shape, each, 0)

    def rounds(self, shape: Shape, servers: list[Server]) -> ratios.Measured:
        measured = ratios.Measured(shape)
        for number in range(self.plan.rounds_max):
            if ratios.count_quiet(measured.rounds) == self.plan.quiet_rounds:
                break
            loads = {}
            for server in servers if number % 2 == 0 else reversed(servers):
                load = self.load(server, shape, self.plan.seconds, self.plan.warm_up)
                loads[server.name] = load
                self.history.add(shape, "closed", number, server.name, load)
            measured.rounds.append(loads)
            say(f"   {shape.name}, round {number + 1}: " +
                ", ".join(f"{name} {loads[name].rate:,.0f}" for name in sorted(loads)) +
                f" msg/s; others took {max(load.others for load in loads.values()):.0%} of a core")
        return measured

    def tails(self, measured: ratios.Measured, servers: list[Server]) -> None:
        rate = ratios.median_of(measured.rounds, "java", lambda load: load.rate)
        if rate is None:
            return
        measured.open_rate = rate / 2
        for number in range(self.plan.tails_max):
            if ratios.count_quiet(measured.tails) == self.plan.quiet_tails:
                break
            loads = {}
            for server in servers if number % 2 == 0 else reversed(servers):
                load = self.load(server, measured.shape, self.plan.tail_seconds, 1, measured.open_rate)
                loads[server.name] = load
                self.history.add(measured.shape, "open", number, server.name, load)
            measured.tails.append(loads)


def environment(build: Path) -> str:
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    compiler = subprocess.run(["g++", "-dumpfullversion"], text=True, capture_output=True).stdout.strip()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, g++ {compiler}, "
            f"preset {build.name}")


def start_servers(build: Path, folder: Path, with_java: bool) -> tuple[list[Server], str]:
    """The servers, and what to say loudly when the Java one is not among them."""
    servers, missing = [floor_server(build, folder), gantry_broker(build, folder)], ""
    try:
        if not with_java:
            raise RuntimeError("--no-java")
        servers.append(java_broker(fetch_jars(ROOT), folder))
    except RuntimeError as why:
        missing = f"!! NO JAVA BROKER, so no ratio to it: {why}"
        say(missing)
    started = []
    try:
        for server in servers:
            started.append(server)
            server.start().pause()
    except BaseException:  # an interrupt, too: nobody may stay behind, held still
        for server in started:
            server.stop()
        raise
    return servers, missing


@dataclass(frozen=True)
class Tables:
    """As markdown: all that was measured, and the short one of the README."""
    long: str
    short: str


@dataclass(frozen=True)
class Loads:
    """What loads have shown: each shape, brokers beside neighbours, and brokers at a low rate."""
    shapes: list[ratios.Measured]
    neighbours: list[company.Beside]
    low_rate: dict[str, list[float]]
    missing: str  # what to say loudly when there is no Java broker


def loads(bench: Bench, folder: Path, with_java: bool) -> Loads:
    servers, missing = start_servers(bench.build, folder, with_java)
    java = [server for server in servers if server.name == "java"]
    try:
        for each in java:
            bench.warm_java(each)
        shapes = []
        for shape in SHAPES:
            say(f"== {shape.name}")
            shapes.append(bench.rounds(shape, servers))
            bench.tails(shapes[-1], [server for server in servers if server.name != "floor"])
        for server in servers:
            if server not in java:
                server.stop()  # with tens of GiB: Java's broker refuses what comes to a full disk
        say("== beside a busy neighbour, and at a low rate")
        return Loads(shapes, *in_company(bench, folder, java), missing)
    finally:
        for server in servers:
            server.stop()


def in_company(bench: Bench, folder: Path, java: list[Server]) -> tuple[list[company.Beside], dict[str, list[float]]]:
    plan, own = bench.plan, [gantry_broker(bench.build, folder), blocking_broker(bench.build, folder)]
    try:
        for server in own:
            server.start().pause()
        return (company.beside_neighbours(bench.load, own[:1] + java, plan.company_rounds, plan.company_seconds),
                company.low_rate(bench.load, own + java, plan.company_rounds, plan.company_seconds))
    finally:
        for server in own:
            server.stop()


def measure(bench: Bench, folder: Path, with_java: bool) -> Tables:
    say("== memory, start, simulator")
    few = ratios.small_table(small.idle_memory(bench.build, folder), small.first_send_ms(bench.build, folder),
                             small.first_send_after_kill_ms(bench.build, folder),
                             small.simulator(bench.build, folder, bench.plan.simulator_runs))
    say("== the page cache is filled")
    with bench.page_cache:
        found = loads(bench, folder, with_java)
    notes = [line for line in [found.missing, *ratios.trouble_lines(found.shapes)] if line]
    in_company = [company.neighbour_table(found.neighbours), company.low_rate_table(found.low_rate)]
    return Tables(
        "\n\n".join([environment(bench.build), ratios.rate_table(found.shapes), ratios.tail_table(found.shapes), *in_company, few, *notes]),
        "\n\n".join([ratios.short_table(found.shapes), few, *notes, environment(bench.build) + "."]))


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("--quick", action="store_true", help="5 minutes; the full run takes under 30")
    parser.add_argument("--no-java", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write and (options.quick or options.no_java):
        parser.error("--write is for a full run")
    if (os.cpu_count() or 1) < 2:
        print("run.py: this needs two cores, one for the server and one for the load", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and no server stays behind
    results = ROOT / "build" / "bench"
    bench = Bench(options.build.resolve(), QUICK if options.quick else FULL, History(results / "history.csv"),
                  FullPageCache(results))
    alone = (results / "lock").open("w")
    try:
        fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("run.py: another bench runs in this tree", file=sys.stderr)
        return 1
    for left in results.glob("run-*"):
        shutil.rmtree(left)  # of a run that was killed: tens of GiB, and Java's broker refuses what comes to a full disk
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=results))
    begin = time.monotonic()
    try:
        report = measure(bench, folder, not options.no_java)
    except (RuntimeError, OSError) as trouble:
        print(f"run.py: {trouble}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    (results / "performance.md").write_text(report.long + "\n")
    (results / "readme.md").write_text(report.short + "\n")
    if options.write:
        write_between(ROOT / "docs" / "performance.md", "bench", [report.long])
        write_between(ROOT / "README.md", "bench", [report.short])
    say(f"\n{report.long}\n\nin {(time.monotonic() - begin) / 60:.1f} min; every run is in {(results / 'history.csv').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Loads: the shapes, one run of mqbench on core 1, and how much of the machine others took meanwhile."""
import csv
import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from servers import LOAD_CORE, Server, cpu_seconds_of, running_seconds

# Above this share of a core taken by others, a round says nothing.
OTHERS_MAX = 0.08


@dataclass(frozen=True)
class Shape:
    name: str
    connections: int
    in_flight: int
    batch: int = 1


SHAPES = [Shape("1 x 64", 1, 64), Shape("16 x 1", 16, 1), Shape("16 x 64", 16, 64), Shape("16 x 1, batches of 32", 16, 1, 32)]


@dataclass(frozen=True)
class Load:
    """What one run showed; times in microseconds. `others` is the share of a core that others took."""
    rate: float
    p50: float
    p99: float
    p999: float
    failed: int
    behind: int
    others: float
    cpu_user_ns: float  # of the server, per message
    cpu_system_ns: float
    core_share: float  # of a core that the server took, from before the load to its end


def _machine_user_seconds() -> float:
    """User time of all programs and time that the hypervisor took. Kernel time is left out: it is mostly our own."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[1]) + int(fields[2]) + int(fields[8])) / os.sysconf("SC_CLK_TCK")


def _children_user_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def run_load(build: Path, server: Server, shape: Shape, seconds: float, warm_up: float, rate: float = 0,
             neighbour: int | None = None, rest: bool = True) -> Load:
    """Closed loop, or with a rate open: then places enough that the schedule, not the places, decides. It begins with a disk
    that has caught up, or this server would pay for what the last one has written, and with `rest` the server is held still
    after it. `neighbour` is a process that is busy on purpose, and not one of the others."""
    os.sync()
    table = server.folder / "load.csv"
    in_flight = shape.in_flight if rate == 0 else 1024
    command = ["taskset", "-c", LOAD_CORE, str(build / "mqbench"), "-b", server.address, "-q", "-c", str(shape.connections),
               "-i", str(in_flight), "--batch", str(shape.batch), "-s", "1024", "-w", str(warm_up), "-d", str(seconds),
               "-r", str(rate), "--csv", str(table)]
    server.go_on()
    machine, children, before = _machine_user_seconds(), _children_user_seconds(), server.cpu_seconds()
    beside = cpu_seconds_of(neighbour)[0] if neighbour else 0
    running, begin = running_seconds(server.pid), time.monotonic()
    done = subprocess.run(command, text=True, capture_output=True)
    core_share = (running_seconds(server.pid) - running) / (time.monotonic() - begin)
    after = server.cpu_seconds()
    own = after[0] - before[0] + _children_user_seconds() - children
    if neighbour:
        own += cpu_seconds_of(neighbour)[0] - beside
    others = max(0.0, _machine_user_seconds() - machine - own) / (seconds + warm_up)
    if rest:
        server.pause()
    if not table.exists():
        raise RuntimeError(f"mqbench against {server.name}: {done.stderr.strip()}")
    with table.open() as rows:
        total = [row for row in csv.DictReader(rows) if row["phase"] == "total"][0]
    table.unlink()
    if int(total["messages"]) == 0:
        raise RuntimeError(f"mqbench against {server.name}: {done.stdout}{done.stderr}")
    served = float(total["messages_per_s"]) * (seconds + warm_up)
    return Load(float(total["messages_per_s"]), float(total["p50_us"]), float(total["p99_us"]), float(total["p99.9_us"]),
                int(total["failed"]), int(total["behind"]), others,
                (after[0] - before[0]) / served * 1e9, (after[1] - before[1]) / served * 1e9, core_share)

"""What a broker is in company: beside a busy neighbour on its core, and the processor time that it takes from others at a low rate."""
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from load import Load, Shape
from servers import SERVER_CORE, Server

SHAPES = [Shape("1 x 64", 1, 64), Shape("1 x 1", 1, 1)]
LOW_RATE, LOW_SHAPE = 1000, Shape("16 connections", 16, 1)
# To reach, from the issue: what is left beside a neighbour of this nice value, and the processor time over blocking's.
NEIGHBOURS = {10: 0.80, 0: 0.45}
LOW_RATE_GOAL = 1.1

RunLoad = Callable[..., Load]


class Neighbour:
    """A process that is always busy, on the servers' core."""

    def __init__(self, nice: int) -> None:
        self.command = ["taskset", "-c", SERVER_CORE, "nice", "-n", str(nice), "sh", "-c", "while :; do :; done"]

    def __enter__(self) -> int:
        self.process = subprocess.Popen(self.command)
        return self.process.pid

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class Beside:
    """Of one shape and server: messages per second alone and beside each neighbour, a value per round."""
    shape: Shape
    server: str
    alone: list[float]
    beside: dict[int, list[float]]

    def left(self, nice: int) -> list[float]:
        return [beside / alone for beside, alone in zip(self.beside[nice], self.alone)]


def beside_neighbours(load: RunLoad, servers: list[Server], rounds: int, seconds: float) -> list[Beside]:
    found = []
    for shape in SHAPES:
        for server in servers:
            rates = Beside(shape, server.name, [], {nice: [] for nice in NEIGHBOURS})
            for _ in range(rounds):
                rates.alone.append(load(server, shape, seconds, 0.5).rate)
                for nice in NEIGHBOURS:
                    with Neighbour(nice) as pid:
                        rates.beside[nice].append(load(server, shape, seconds, 0.5, neighbour=pid).rate)
            found.append(rates)
    return found


def low_rate(load: RunLoad, servers: list[Server], rounds: int, seconds: float) -> dict[str, list[float]]:
    """The share of a core that each server takes at LOW_RATE messages a second, a value per round, in turns."""
    found: dict[str, list[float]] = {server.name: [] for server in servers}
    for number in range(rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            found[server.name].append(load(server, LOW_SHAPE, seconds, 0.5, LOW_RATE).core_share)
    return found


def _range(values: list[float]) -> str:
    return f"{statistics.median(values):.0%} [{min(values):.0%}..{max(values):.0%}]"


def neighbour_table(found: list[Beside]) -> str:
    lines = ["| beside a busy process on its core | alone, msg/s | left beside one of nice 10 | at least 80 % | left beside an equal one | "
             "at least 45 % |", "|---|---|---|---|---|---|"]
    for each in found:
        cells = [f"{each.server}, {each.shape.name}", f"{statistics.median(each.alone):,.0f}"]
        for nice, goal in NEIGHBOURS.items():
            met = "met" if statistics.median(each.left(nice)) >= goal else "NOT MET"
            cells += [_range(each.left(nice)), met if each.server == "gantry" else "-"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def low_rate_table(found: dict[str, list[float]]) -> str:
    lines = [f"| {LOW_RATE:,} msg/s, {LOW_SHAPE.name} | share of a core | over a broker that never polls | at most {LOW_RATE_GOAL} |",
             "|---|---|---|---|"]
    for server, shares in found.items():
        over = statistics.median(mine / blocking for mine, blocking in zip(shares, found["blocking"]))
        met = "-" if server != "gantry" else "met" if over <= LOW_RATE_GOAL else "NOT MET"
        lines.append(f"| {server} | {statistics.median(shares):.1%} [{min(shares):.1%}..{max(shares):.1%}] | {over:.2f} | {met} |")
    return "\n".join(lines)

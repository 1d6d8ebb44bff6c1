"""What was measured, as ratios with their ranges: for the terminal, and as the table of docs/performance.md."""
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from load import OTHERS_MAX, Load, Shape

# To reach, from the issue: rate over Java's, latency over Java's.
RATE_GOAL, TAIL_GOAL = 4.0, 0.25
# A schedule that was so many seconds behind at some time was not kept.
BEHIND_TOLD = 0.01


@dataclass
class Measured:
    """One shape: per round what each server showed, and the open loop's rounds at half of Java's rate."""
    shape: Shape
    rounds: list[dict[str, Load]] = field(default_factory=list)
    tails: list[dict[str, Load]] = field(default_factory=list)
    open_rate: float = 0


@dataclass(frozen=True)
class Ratio:
    median: float
    low: float
    high: float
    rounds: int  # all of them
    dropped: int

    def __str__(self) -> str:
        if self.rounds - self.dropped == 1:
            return f"{self.median:.2f}, 1 quiet round of {self.rounds}"
        kept = f"{self.rounds - self.dropped} of {self.rounds} rounds quiet" if self.dropped else f"{self.rounds} rounds"
        return f"{self.median:.2f} [{self.low:.2f}..{self.high:.2f}], {kept}"


def _quiet(loads: dict[str, Load]) -> bool:
    return all(load.others <= OTHERS_MAX for load in loads.values())


def count_quiet(rounds: list[dict[str, Load]]) -> int:
    return sum(map(_quiet, rounds))


def quiet_rounds(rounds: list[dict[str, Load]]) -> tuple[list[dict[str, Load]], int]:
    """Rounds in which others left the machine alone, and how many were dropped. When none did, the quieter half, and
    every round counts as dropped."""
    kept = [loads for loads in rounds if _quiet(loads)]
    if kept or not rounds:
        return kept, len(rounds) - len(kept)
    by_noise = sorted(rounds, key=lambda loads: max(load.others for load in loads.values()))
    return by_noise[:(len(rounds) + 1) // 2], len(rounds)


def ratio(rounds: list[dict[str, Load]], above: str, below: str, value: Callable[[Load], float]) -> Ratio | None:
    """The median over rounds of one server's value by another's of the same round."""
    both = [loads for loads in rounds if above in loads and below in loads]
    kept, dropped = quiet_rounds(both)
    if not kept:
        return None
    ratios = [value(loads[above]) / value(loads[below]) for loads in kept]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios), len(both), dropped)


def median_of(rounds: list[dict[str, Load]], server: str, value: Callable[[Load], float]) -> float | None:
    kept, _ = quiet_rounds([loads for loads in rounds if server in loads])
    return statistics.median(value(loads[server]) for loads in kept) if kept else None


def _cell(value: float | None, form: str = "{:,.0f}") -> str:
    return "-" if value is None else form.format(value)


def _verdict(found: Ratio | None, met: Callable[[float], bool]) -> str:
    """Two cells: the ratio, and whether it meets its goal."""
    if found is None:
        return "- | -"
    return f"{found} | {'met' if met(found.median) else 'NOT MET'}{' (noise)' if found.dropped == found.rounds else ''}"


def rate_table(all_measured: list[Measured]) -> str:
    lines = ["| 1 KB, JSON header | floor, msg/s | Gantry, msg/s | Java 4.9.7, msg/s | Gantry / floor | Gantry / Java | at least 4 | "
             "Gantry's CPU, user + system, us per message |", "|---|---|---|---|---|---|---|---|"]
    for each in all_measured:
        def rate(load: Load) -> float:
            return load.rate
        over_java = ratio(each.rounds, "gantry", "java", rate)
        floor = ratio(each.rounds, "gantry", "floor", rate)
        cells = [each.shape.name, *(_cell(median_of(each.rounds, server, rate)) for server in ("floor", "gantry", "java")),
                 "-" if floor is None else str(floor), _verdict(over_java, lambda m: m >= RATE_GOAL),
                 _cell(median_of(each.rounds, "gantry", lambda load: load.cpu_user_ns / 1000), "{:.1f}") + " + " +
                 _cell(median_of(each.rounds, "gantry", lambda load: load.cpu_system_ns / 1000), "{:.1f}")]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tail_table(all_measured: list[Measured]) -> str:
    lines = ["| open loop at half of Java's rate | msg/s | Gantry p50 / p99 / p99.9, us | Java p50 / p99 / p99.9, us | "
             "p99.9, Gantry / Java | at most 0.25 |", "|---|---|---|---|---|---|"]
    for each in all_measured:
        if not each.tails:
            continue

        def times(server: str, tails: list[dict[str, Load]] = each.tails) -> str:
            return " / ".join(_cell(median_of(tails, server, value)) for value in
                              (lambda load: load.p50, lambda load: load.p99, lambda load: load.p999))
        tail = ratio(each.tails, "gantry", "java", lambda load: load.p999)
        lines.append(f"| {each.shape.name} | {each.open_rate:,.0f} | {times('gantry')} | {times('java')} | "
                     f"{_verdict(tail, lambda m: m <= TAIL_GOAL)} |")
    return "\n".join(lines)


def short_table(all_measured: list[Measured]) -> str:
    """What the README shows of both loops."""
    lines = ["| 1 KB | Gantry, msg/s | Java 4.9.7, msg/s | Gantry / Java | at least 4 | p99.9 at half of Java's rate, Gantry / Java | "
             "at most 0.25 |", "|---|---|---|---|---|---|---|"]
    for each in all_measured:
        over_java = ratio(each.rounds, "gantry", "java", lambda load: load.rate)
        tail = ratio(each.tails, "gantry", "java", lambda load: load.p999)
        cells = [each.shape.name, *(_cell(median_of(each.rounds, server, lambda load: load.rate)) for server in ("gantry", "java")),
                 _verdict(over_java, lambda m: m >= RATE_GOAL), _verdict(tail, lambda m: m <= TAIL_GOAL)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def trouble_lines(all_measured: list[Measured]) -> list[str]:
    """What a reader of the ratios has to know: noisy shapes, requests that failed, schedules that were not kept."""
    lines = []
    for each in all_measured:
        for what, rounds in (("closed loop", each.rounds), ("open loop", each.tails)):
            if rounds and not any(_quiet(loads) for loads in rounds):
                lines.append(f"{each.shape.name}, {what}: NO QUIET ROUND, others took up to "
                             f"{max(load.others for loads in rounds for load in loads.values()):.0%} of a core; read it as noise")
            for server in ("floor", "gantry", "java"):
                loads = [found[server] for found in rounds if server in found]
                failed, behind = sum(load.failed for load in loads), max((load.behind for load in loads), default=0)
                if failed:
                    lines.append(f"{each.shape.name}, {what}: {server} refused {failed} requests")
                if behind > BEHIND_TOLD * each.open_rate / each.shape.batch:
                    lines.append(f"{each.shape.name}, {what}: {server} fell behind its schedule by {behind} requests")
    return lines


def small_table(memory: tuple[float, float], starts: list[float], after_kill: list[float], simulator: tuple[float, float, int]) -> str:
    def verdict(met: bool) -> str:
        return "met" if met else "NOT MET"

    def times(found: list[float]) -> str:
        return f"{statistics.median(found):.0f} ms [{min(found):.0f}..{max(found):.0f}]"
    events, factor, count = simulator
    rows = [("idle memory, broker", f"{memory[0]:.1f} MiB", "at most 32 MiB", verdict(memory[0] <= 32)),
            ("idle memory, NameServer", f"{memory[1]:.1f} MiB", "at most 32 MiB", verdict(memory[1] <= 32)),
            ("exec to the first accepted send", times(starts), "at most 50 ms", verdict(statistics.median(starts) <= 50)),
            ("the same after `kill -9` under load, 4 GiB of log", times(after_kill), "at most 300 ms", verdict(max(after_kill) <= 300)),
            (f"simulator, {count:,} events", f"{events:,.0f} events/s", "at least 500,000", verdict(events >= 500_000)),
            ("simulator, factor over real time", f"{factor:,.0f}", "at least 500", verdict(factor >= 500))]
    lines = ["| what | measured | goal | |", "|---|---|---|---|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])

"""What bad input gets: on the wire, in names and numbers, in files, from an operator. Nothing is lost, and nobody else
notices.

    starting     servers that cannot start          frames       random and mutated frames, beside a client that works
    files        damaged case and record files      connections  that trickle, never end a frame, never read, are many
    names        that would leave the store         rows         what did harm to Java's broker
    costly       for a server, cheap for a sender   served       every request that is served
    wire         frames by hand
"""
import subprocess
from typing import TYPE_CHECKING

from bad_input import connections, costly, files, frames, names, rows, starting

if TYPE_CHECKING:
    from run import Suite

CASES = [*starting.CASES, *files.CASES, *names.CASES, *rows.CASES, *costly.CASES, *connections.CASES, *frames.CASES]


def run(suite: "Suite") -> None:
    for case in CASES:
        trouble = ""
        try:
            trouble = case(suite)
        except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired) as broken:
            trouble = repr(broken)
        wrong = suite.houses.stop_all()  # each case has its own
        suite.report.result(f"bad_input.{case.__name__}", trouble or "; ".join(wrong))

"""The programs of client/examples against our servers: what the README calls whole programs has to be just that."""
import subprocess
from typing import TYPE_CHECKING

from nodes import wait_until

if TYPE_CHECKING:
    from run import Suite

SECONDS = 30
SENDERS = {"send_sync": "is in queue", "send_async": "", "send_batch": "", "send_by_key": "shipped: queue"}


def _send(suite: "Suite", example: str, namesrv: str) -> str:
    """Why it went wrong, or nothing."""
    done = subprocess.run([suite.build / f"example_{example}", namesrv], text=True, capture_output=True, timeout=SECONDS)
    fine = done.returncode == 0 and done.stdout.strip() and SENDERS[example] in done.stdout
    return "" if fine else f"exit code {done.returncode}: {done.stdout}{done.stderr}"


class Consuming:
    """An example that prints what comes until Enter is pressed."""

    def __init__(self, suite: "Suite", example: str, namesrv: str) -> None:
        self.output = suite.folder / f"{example}.txt"
        with self.output.open("wb") as output:
            # Line by line, as on a terminal: what waits in the program's buffer could not be told from what never came.
            self.process = subprocess.Popen(["stdbuf", "-oL", str(suite.build / f"example_{example}"), namesrv],
                                            stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
                                            cwd=suite.folder)  # a member of a broadcast group keeps its offsets there
        suite.report.running.append(self.process)

    def lines(self) -> list[str]:
        return self.output.read_text().splitlines()

    def press_enter(self) -> str:
        _, _ = self.process.communicate(b"\n", timeout=SECONDS)
        return "" if self.process.returncode == 0 else f"exit code {self.process.returncode}: {self.lines()[-3:]}"


def run(suite: "Suite") -> None:
    namesrv, _ = suite.cluster("gantry", "gantry", ("broker-a",))
    for example in SENDERS:
        suite.report.result(f"examples.{example}", _send(suite, example, namesrv.address))
    consume = Consuming(suite, "consume", namesrv.address)
    wait_until("example_consume has what was sent before it came", SECONDS,
               lambda: {"hello", "shipped"} <= {line.rpartition(" ")[2] for line in consume.lines()})
    suite.report.result("examples.consume", consume.press_enter())

    broadcast = Consuming(suite, "broadcast_tags", namesrv.address)
    # It gets what is sent from its start on, whenever that is: so it is sent again and again.
    wait_until("example_broadcast_tags has a message with its tag", SECONDS,
               lambda: not _send(suite, "send_sync", namesrv.address) and "TagA: hello" in broadcast.lines())
    suite.report.result("examples.broadcast_tags", broadcast.press_enter())

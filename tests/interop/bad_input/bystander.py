"""A client that works while others misbehave: sends a message, reads it back, asks for a route, on and on.

Usage: bystander.py BROKER_PORT BROKER_PID NAMESRV_PORT NAMESRV_PID. Runs until its standard input ends, then prints what
was wrong, or `fine` and how many rounds it made. A process of its own, and the time for which it or the server waited for
a processor does not count: nobody else's work may look like the servers' slowness.
"""
import select
import subprocess
import sys
import time
from pathlib import Path

if __name__ == "__main__":  # started as a program, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bad_input.served import PULL, QUEUE, SEND
from bad_input.wire import Answer, Peer, Request
from nodes import Node

TOPIC, GROUP = "Bystander", "GID_Bystander"
ANSWER_SECONDS = 1.0  # what a client may have to wait, whatever the others do
LOST_SECONDS = 30.0
PAUSE_SECONDS = 0.005


class Bystander:
    """As its owner sees it."""

    def __init__(self, broker: Node, namesrv: Node) -> None:
        assert broker.process is not None and namesrv.process is not None
        servers = [str(number) for node in (broker, namesrv) for number in (node.port, node.process.pid)]
        self.process = subprocess.Popen([sys.executable, "-B", __file__, *servers], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def trouble(self) -> str:
        """Ends it; what went wrong, or nothing."""
        try:
            said, _ = self.process.communicate(timeout=2 * LOST_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "the bystander did not end"
        return "" if self.process.returncode == 0 and said.startswith("fine") else f"the bystander: {said}"


class Punctual:
    """A connection to a server whose answers must come in time."""

    def __init__(self, port: str, pid: str) -> None:
        self.peer, self.pid = Peer(int(port), LOST_SECONDS), pid

    def ask(self, request: Request) -> Answer:
        begun, waited = time.monotonic(), _waited_for_processor(self.pid)
        answer = self.peer.ask(request)
        took = time.monotonic() - begun - (_waited_for_processor(self.pid) - waited)
        if took > ANSWER_SECONDS:
            raise RuntimeError(f"request {request.code} took {took:.2f} s")
        return answer


def _waited_for_processor(pid: str) -> float:
    """The seconds for which a server's busiest thread and this one were ready to run and others ran."""
    threads = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    own = Path("/proc/self/schedstat").read_text().split()
    return (int(max(threads, key=lambda each: int(each[0]))[1]) + int(own[1])) / 1e9


def _expect(answer: Answer, code: int, what: str) -> Answer:
    if answer.code != code:
        raise RuntimeError(f"{what} was answered with {answer.code}: {answer.remark}")
    return answer


def _round(number: int, broker: Punctual, namesrv: Punctual) -> None:
    body = f"message {number}".encode()
    sent = _expect(broker.ask(Request(10, SEND | {"topic": TOPIC, "producerGroup": GROUP}, body)), 0, "a send")
    offset = sent.fields["queueOffset"]
    if int(offset) != number:
        raise RuntimeError(f"message {number} has the queue offset {offset}: another is lost or doubled")
    got = _expect(broker.ask(Request(11, PULL | {"topic": TOPIC, "consumerGroup": GROUP, "queueOffset": offset})), 0, "a pull")
    if body not in got.body:
        raise RuntimeError(f"message {number} was not read back at its offset")
    _expect(namesrv.ask(Request(105, {"topic": TOPIC})), 0, "a route")


def _read_again(begin: int, rounds: int, broker: Punctual) -> None:
    """Everything that was acknowledged is still there."""
    number = begin
    while number < rounds:
        got = _expect(broker.ask(Request(11, PULL | {"topic": TOPIC, "consumerGroup": GROUP, "queueOffset": str(number)})), 0,
                      f"the pull of message {number}")
        next_number = int(got.fields["nextBeginOffset"])
        for each in range(number, next_number):
            if f"message {each}".encode() not in got.body:
                raise RuntimeError(f"message {each} is gone")
        number = next_number


def main() -> int:
    broker, namesrv = Punctual(*sys.argv[1:3]), Punctual(*sys.argv[3:5])
    step, begin = "the first request", 0
    try:
        begin = rounds = int(_expect(broker.ask(Request(30, QUEUE | {"topic": TOPIC})), 0, "max offset").fields["offset"])
        while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
            step = f"round {rounds}"
            _round(rounds, broker, namesrv)
            rounds += 1
        step = "reading everything again"
        _read_again(begin, rounds, broker)
    except (OSError, RuntimeError) as trouble:
        print(f"{step}: {trouble!r}")
        return 1
    print(f"fine, {rounds - begin} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())

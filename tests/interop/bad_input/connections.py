"""Connections that send a byte now and then, never read, never end a frame, or are just very many."""
import resource
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bad_input.bystander import Bystander
from bad_input.served import PULL, SEND
from bad_input.serving import Watch, pair
from bad_input.wire import Peer, Request
from nodes import Node, wait_until

if TYPE_CHECKING:
    from run import Suite

IDLE_SECONDS = 3
LIMITS = {"serverChannelMaxIdleTimeSeconds": str(IDLE_SECONDS)}
CLOSED_SECONDS = 30
HOSTILE = 20
HELD_MIB = 256 + 64  # what all connections of a server may hold, and what else grows meanwhile
PULL_BYTES = 200_000
IDLE_CONNECTIONS = 1_100  # more than the soft limit that most systems give to a process
SOFT_LIMIT, LOW_HARD_LIMIT = 1024, 256
NEW_TOPICS = 100  # more than the files that a broker of the low limit keeps open


def _is_closed(connection: socket.socket) -> bool:
    """Looks without waiting, and takes nothing of what may be there."""
    connection.setblocking(False)
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _trickling(connection: socket.socket, frame: bytes) -> Callable[[], bool]:
    """Sends a byte per call, and tells when the server has closed."""
    left = iter(frame)

    def step() -> bool:
        if _is_closed(connection):
            return True
        try:
            connection.send(bytes([next(left)]))
        except OSError:
            return True
        return False
    return step


def a_byte_now_and_then(suite: "Suite") -> str:
    """Never idle and never done: closed when the frame is late."""
    serving, names = pair(suite, "trickle", **LIMITS)
    frame = Request(10, SEND, b"x" * 10_000).encoded(1, binary=False)
    # Of the NameServer the limit is its own configuration's, 120 s: only the broker's is short here.
    with Peer(serving.port) as peer:
        begun = time.monotonic()
        wait_until("a frame that comes byte by byte is closed", CLOSED_SECONDS, _trickling(peer.socket, frame))
        lasted = time.monotonic() - begun
    if lasted < IDLE_SECONDS / 2:
        return f"closed after {lasted:.1f} s, long before it was late"
    return "" if "a frame did not come whole in time" in serving.log.read_text() else f"no word about it: {serving.tail()}"


def unfinished_frames(suite: "Suite") -> str:
    """Fifteen MiB of a frame, and then nothing: bounded together, closed in the end, the others served."""
    serving, names = pair(suite, "unfinished", **LIMITS)
    watch = Watch(serving)
    bystander = Bystander(serving, names)
    begin = struct.pack(">II", 16_000_000, 100) + b"{" + b" " * (15 << 20)
    peers = [Peer(serving.port) for _ in range(HOSTILE)]
    for peer in peers:
        try:
            peer.send(begin)
        except OSError:
            pass  # closed: it held the most
    grown = watch.trouble(HELD_MIB)
    try:
        wait_until("unfinished frames are closed", CLOSED_SECONDS, lambda: all(_is_closed(peer.socket) for peer in peers))
    finally:
        for peer in peers:
            peer.socket.close()
    return "; ".join(filter(None, (grown, bystander.trouble(), watch.trouble(HELD_MIB))))


def never_reading(suite: "Suite") -> str:
    """Many pulls of much in one write, and no answer is taken: bounded together, closed in the end."""
    serving, names = pair(suite, "never_reading", **LIMITS)
    with Peer(serving.port) as producer:
        for _ in range(PULL_BYTES // 50_000):
            if producer.ask(Request(10, SEND, b"x" * 50_000)).code != 0:
                return "a good message was not taken"
    cheap = Request(30, {"topic": "Hostile", "queueId": "0"})
    flood = [cheap] * 100 + [Request(11, PULL)] * 290 + [Request(28)] * 2000
    frames = b"".join(request.encoded(number, binary=False) for number, request in enumerate(flood))
    watch = Watch(serving)
    bystander = Bystander(serving, names)
    peers = [Peer(serving.port) for _ in range(HOSTILE)]
    for peer in peers:
        peer.socket.setblocking(False)
        try:
            peer.socket.send(frames)  # as much as is taken: the server reads it or does not
        except BlockingIOError:
            pass
    largest = []

    def closed() -> bool:
        largest.append(watch.trouble(HELD_MIB))
        return all(_error(peer.socket) for peer in peers)
    try:
        wait_until("connections that do not read are closed", CLOSED_SECONDS, closed)
    finally:
        for peer in peers:
            peer.socket.close()
    return "; ".join(filter(None, (next(filter(None, largest), ""), bystander.trouble(), watch.trouble(HELD_MIB))))


def _error(connection: socket.socket) -> bool:
    """Whether the server has closed, although answers wait to be read: then writing ends in an error."""
    try:
        connection.send(b"\0")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return False


@contextmanager
def _idle(*ports: int) -> Iterator[None]:
    """Holds many connections to each port that say nothing, whatever the server does with them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held: list[socket.socket] = []
    try:
        for port in ports:
            held += [socket.create_connection(("127.0.0.1", port), CLOSED_SECONDS) for _ in range(IDLE_CONNECTIONS)]
        yield
    finally:
        for each in held:
            each.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _old_clients(producer: Peer, asking: Peer, new: str) -> str:
    """What goes wrong for those who were connected before: known and new topics, and enough for new files of the log."""
    topics = ["Hostile"] * NEW_TOPICS + [f"{new}{number}" for number in range(NEW_TOPICS)]
    for topic in topics:
        answer = producer.ask(Request(10, SEND | {"topic": topic}, b"x" * 20_000))
        if answer.code != 0:
            return f"a send to {topic} was answered with {answer.code}: {answer.remark}"
    answer = asking.ask(Request(105, {"topic": "Hostile"}))
    return "" if answer.code == 0 else f"a route was answered with {answer.code}: {answer.remark}"


def _new_client(port: int, request: Request) -> str:
    """How it went: `answered`, `closed`, or it hung."""
    try:
        with Peer(port) as peer:
            return "answered" if peer.ask(request).code == 0 else "refused"
    except TimeoutError:
        return "not answered and not closed"
    except ConnectionError:
        return "closed"


def _very_many(suite: "Suite", name: str, limits: tuple[int, int], fits: bool) -> str:
    """With all idle ones served when they fit into what the server may have, and else those beyond closed as they come."""
    serving, names = pair(suite, name, limits, mappedFileSizeCommitLog=str(1 << 20), maxMessageSize=str(1 << 16))
    with Peer(serving.port) as producer, Peer(names.port) as asking:
        trouble = _old_clients(producer, asking, "Before")
        if trouble:
            return f"before the idle ones came, {trouble}"
        with _idle(serving.port, names.port):
            trouble = _old_clients(producer, asking, "Meanwhile")
            if trouble:
                return trouble
            for node, request in ((serving, Request(10, SEND, b"x")), (names, Request(105, {"topic": "Hostile"}))):
                went = _new_client(node.port, request)
                if went != ("answered" if fits else "closed"):
                    return f"a new client of {node.name} was {went}: {_open_files(node)} files are open"
                lines = node.log.read_text().count("remoting: refused")
                if (lines > 0) == fits or lines > 10:
                    return f"{node.name} has {lines} lines about connections that it refused"
        return _old_clients(producer, asking, "After")


def _open_files(node: Node) -> int:
    assert node.process is not None
    return len(list(Path(f"/proc/{node.process.pid}/fd").iterdir()))


def idle_beyond_the_soft_limit(suite: "Suite") -> str:
    """More connections than the soft limit of descriptors: the server has raised it, all are served."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < 4 * IDLE_CONNECTIONS:
        return f"cannot be tried where the hard limit of descriptors is {hard}"
    return _very_many(suite, "soft_limit", (SOFT_LIMIT, hard), fits=True)


def idle_beyond_the_hard_limit(suite: "Suite") -> str:
    """More connections than the server can have: it keeps what its files need, and closes who comes too late."""
    return _very_many(suite, "hard_limit", (LOW_HARD_LIMIT, LOW_HARD_LIMIT), fits=False)


CASES = [a_byte_now_and_then, unfinished_frames, never_reading, idle_beyond_the_soft_limit,
         idle_beyond_the_hard_limit]

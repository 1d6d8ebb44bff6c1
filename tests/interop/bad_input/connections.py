"""Connections that send a byte now and then, never read, or never end a frame."""
import socket
import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bad_input.bystander import Bystander
from bad_input.served import PULL, SEND
from bad_input.serving import Watch, pair
from bad_input.wire import Peer, Request
from nodes import wait_until

if TYPE_CHECKING:
    from run import Suite

IDLE_SECONDS = 3
LIMITS = {"serverChannelMaxIdleTimeSeconds": str(IDLE_SECONDS)}
CLOSED_SECONDS = 30
HOSTILE = 20
HELD_MIB = 256 + 64  # what all connections of a server may hold, and what else grows meanwhile
PULL_BYTES = 200_000


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


CASES = [a_byte_now_and_then, unfinished_frames, never_reading]

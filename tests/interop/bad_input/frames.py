"""20,000 random and 20,000 mutated frames to each server, beside a client that works."""
import random
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bad_input.bystander import Bystander
from bad_input.served import BROKER, NAMESRV, Served
from bad_input.serving import Watch, pair
from bad_input.wire import RESPONSE, Peer, Request
from nodes import Node

if TYPE_CHECKING:
    from run import Suite

RANDOM, MUTATED, FLIPPED = 20_000, 17_000, 3_000  # the last two are the mutated ones
TOGETHER = 64
SECONDS = 20
UNHELD = {11, 361}  # pulls may be held for as long as a mutated field says

WRONG_VALUES = [
    "", " ", "-1", "0", "1", "2147483647", "-2147483648", "4294967296", "9223372036854775807", "-9223372036854775808",
    "99999999999999999999", "1e9", "0x10", "NaN", "true", "null", "..", "../../evil", "a/b", "a\0b", "\r\n", "%s%n", "{}",
    "[[[[", "\x01\x02\x03", "\u00e9\u4e2d\U0001f600", "\udcff\udcfe", "x" * 300, "9" * 300, "x" * 40_000,
]


def without_a_field(of: Served) -> Iterator[Request]:
    for name in of.fields:
        yield Request(of.code, {key: value for key, value in of.fields.items() if key != name}, of.body)


def with_a_wrong_field(of: Served) -> Iterator[Request]:
    for name in of.fields:
        for value in WRONG_VALUES:
            yield of.request(**{name: value})


def with_wrong_bodies(of: Served, noise: random.Random) -> Iterator[Request]:
    bodies = [b"", b"\0", b"{}", b"[]", b"null", b"{" * 2000, b'{"a":' * 2000, b'"' + b"x" * 70_000, noise.randbytes(3000),
              of.body[:-1], of.body[:len(of.body) // 2], of.body * 3]
    for body in bodies:
        yield Request(of.code, of.fields, body)


def at_random(of: Served, noise: random.Random) -> Request:
    """Several things wrong at once."""
    fields = dict(of.fields)
    for name in noise.sample(sorted(fields), k=min(len(fields), noise.randint(1, 3))):
        fields[name] = noise.choice(WRONG_VALUES)
    if noise.random() < 0.2 and fields:
        del fields[noise.choice(sorted(fields))]
    if noise.random() < 0.1:
        fields |= {f"extra{each}": "x" for each in range(noise.randint(1, 100))}
    body = bytearray(of.body)
    for _ in range(noise.randint(0, 3) if body else 0):
        body[noise.randrange(len(body))] = noise.randrange(256)
    return Request(of.code, fields, bytes(body))


def mutated(table: list[Served], noise: random.Random) -> list[Request]:
    """Each field of each request missing and wrong, then random ones up to the number."""
    made = [request for of in table for request in (*without_a_field(of), *with_a_wrong_field(of), *with_wrong_bodies(of, noise))]
    while len(made) < MUTATED // 2:
        made.append(at_random(noise.choice(table), noise))
    return made


def send_whole_frames(port: int, requests: list[Request], binary: bool) -> str:
    """Pipelined; every one of them gets an answer, and the connection stays."""
    with Peer(port, SECONDS) as peer:
        for begin in range(0, len(requests), TOGETHER):
            batch = dict(enumerate(requests[begin:begin + TOGETHER], begin))
            peer.send(b"".join(request.encoded(opaque, binary) for opaque, request in batch.items()))
            waiting = {opaque for opaque, request in batch.items() if request.code not in UNHELD}
            deadline = time.monotonic() + SECONDS
            try:
                while waiting:
                    answer = peer.receive(deadline)
                    if answer.flag & RESPONSE:
                        waiting.discard(answer.opaque)
            except (OSError, ValueError) as trouble:
                first = batch[min(waiting)]
                return f"{trouble!r}: no answer to {len(waiting)}, the first is {str(first)[:300]}"
    return ""


def flipped(of: Served, noise: random.Random) -> bytes:
    """A whole frame whose bytes are damaged: lengths, header, anything."""
    frame = bytearray(of.request().encoded(noise.randrange(1 << 31), noise.random() < 0.5))
    for _ in range(noise.randint(1, 4)):
        at = noise.randrange(min(len(frame), 30) if noise.random() < 0.5 else len(frame))
        frame[at] = noise.choice([0, 1, 0x7F, 0x80, 0xFF, noise.randrange(256)])
    if noise.random() < 0.2:
        del frame[noise.randrange(len(frame)):]
    return bytes(frame)


def random_frame(noise: random.Random) -> bytes:
    """Nothing but noise, or noise behind lengths that look right."""
    noisy = noise.randbytes(noise.randint(1, 200))
    kind = noise.randrange(4)
    if kind == 0:
        return noisy
    if kind == 1:
        return struct.pack(">I", len(noisy)) + noisy
    header = noise.randint(0, len(noisy))
    of_type = noise.choice([0, 1, 1, 2]) << 24
    if kind == 2 and header >= 2:
        noisy = bytes([0, noise.choice([10, 17, 34, 103, 105])]) + noisy[2:]
    return struct.pack(">II", 4 + len(noisy), of_type | header) + noisy


def send_apart(port: int, frames: Iterable[bytes]) -> str:
    """Each on a connection of its own that ends behind it; the server ends its side."""
    waiting: list[socket.socket] = []
    for frame in frames:
        connection = socket.create_connection(("127.0.0.1", port), SECONDS)
        try:
            connection.sendall(frame)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # already closed: it saw enough
        waiting.append(connection)
        if len(waiting) >= TOGETHER and not all([_ends(each) for each in waiting]):
            return "a connection stays open behind its end"
        if len(waiting) >= TOGETHER:
            waiting.clear()
    return "" if all([_ends(each) for each in waiting]) else "a connection stays open behind its end"


def _ends(connection: socket.socket) -> bool:
    with connection:
        try:
            while connection.recv(1 << 16):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
    return True


def _flood(node: Node, table: list[Served], seed: int) -> str:
    noise = random.Random(seed)
    trouble = send_apart(node.port, (random_frame(noise) for _ in range(RANDOM)))
    trouble = trouble or send_apart(node.port, (flipped(noise.choice(table), noise) for _ in range(FLIPPED)))
    for binary in (False, True):
        trouble = trouble or send_whole_frames(node.port, mutated(table, noise), binary)
    return f"{node.name}: {trouble}" if trouble else ""


def flood_of_bad_frames(suite: "Suite") -> str:
    serving, names = pair(suite, "flood")
    watch = Watch(serving, names)
    bystander = Bystander(serving, names)
    trouble = _flood(serving, BROKER, 1) or _flood(names, NAMESRV, 2)
    return "; ".join(filter(None, (trouble, bystander.trouble(), watch.trouble())))


def every_served_code_is_known(suite: "Suite") -> str:
    """The tables of this test hold every code that the servers do not answer with 3."""
    serving, names = pair(suite, "codes")
    for node, table in ((serving, BROKER), (names, NAMESRV)):
        known = {of.code for of in table}
        with Peer(node.port) as peer:
            codes = range(1000)
            served = {code for code, answer in zip(codes, peer.ask_all(map(Request, codes)), strict=True) if answer.code != 3}
        if served != known:
            return f"{node.name} serves {sorted(served - known)} unknown here; {sorted(known - served)} are known and not served"
    return ""


def good_requests_are_served(suite: "Suite") -> str:
    """The tables hold good requests: with anything else, their mutations would prove little."""
    serving, names = pair(suite, "good")
    refused = []
    may_fail = {14, 38, 101, 203, 204, 219}  # what they ask for is not there
    with Peer(serving.port) as peer:  # what VIEW_MESSAGE_BY_ID asks for: a send ahead of it in the row may not be written yet
        peer.ask(BROKER[0].request())
    for node, table in ((serving, BROKER), (names, NAMESRV)):
        for binary in (False, True):
            with Peer(node.port) as peer:
                answers = peer.ask_all([of.request() for of in table], binary)
            refused += [f"{of.name}: {answer.code} {answer.remark}" for of, answer in zip(table, answers, strict=True)
                        if answer.code not in (0, 19) and of.code not in may_fail]
    return "; ".join(refused)


CASES = [every_served_code_is_known, good_requests_are_served, flood_of_bad_frames]

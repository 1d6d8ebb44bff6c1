"""RocketMQ's remoting frames, by hand: what a client that nobody wrote here may send."""
import json
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

ANSWER_SECONDS = 20
VERSION = 407
RESPONSE, ONE_WAY = 1, 2


@dataclass(frozen=True)
class Request:
    """What is sent, before it is encoded. Values are texts of any content; bytes where they are no UTF-8."""
    code: int
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def encoded(self, opaque: int, binary: bool) -> bytes:
        header = self._binary(opaque) if binary else self._json(opaque)
        kind = (1 if binary else 0) << 24
        return struct.pack(">II", 4 + len(header) + len(self.body), kind | len(header)) + header + self.body

    def _json(self, opaque: int) -> bytes:
        return json.dumps({"code": self.code, "language": "JAVA", "version": VERSION, "opaque": opaque, "flag": 0,
                           "extFields": self.fields, "serializeTypeCurrentRPC": "JSON"}).encode()

    def _binary(self, opaque: int) -> bytes:
        fields = b"".join(_counted(">H", name) + _counted(">I", value) for name, value in self.fields.items())
        return struct.pack(">hbhii", self.code & 0x7FFF, 0, VERSION, opaque, 0) + struct.pack(">I", 0) + \
            struct.pack(">I", len(fields)) + fields


def _counted(size: str, text: str) -> bytes:
    raw = text.encode(errors="surrogateescape")
    return struct.pack(size, len(raw)) + raw


@dataclass(frozen=True)
class Answer:
    code: int
    opaque: int
    flag: int
    remark: str
    fields: dict[str, str]
    body: bytes


def decoded(frame: bytes) -> Answer:
    """A frame without its length."""
    kind, size = frame[0], int.from_bytes(frame[1:4], "big")
    header, body = frame[4:4 + size], frame[4 + size:]
    if kind == 0:
        parsed = json.loads(header)
        return Answer(parsed["code"], parsed["opaque"], parsed["flag"], parsed.get("remark") or "",
                      parsed.get("extFields") or {}, body)
    code, _, _, opaque, flag = struct.unpack_from(">hbhii", header)
    rest = memoryview(header)[13:]
    remark, rest = _text(">I", rest)
    size, rest = struct.unpack_from(">I", rest)[0], rest[4:]
    fields = {}
    while rest:
        name, rest = _text(">H", rest)
        fields[name], rest = _text(">I", rest)
    return Answer(code, opaque, flag, remark, fields, body)


def _text(size: str, rest: memoryview) -> tuple[str, memoryview]:
    length = struct.unpack_from(size, rest)[0]
    begin = struct.calcsize(size)
    return bytes(rest[begin:begin + length]).decode(errors="replace"), rest[begin + length:]


class Peer:
    """One connection to a server. Every wait has a deadline."""

    def __init__(self, port: int, seconds: float = ANSWER_SECONDS) -> None:
        self.seconds = seconds
        self.socket = socket.create_connection(("127.0.0.1", port), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self._opaque = 0

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, frames: bytes) -> None:
        self.socket.settimeout(self.seconds)
        self.socket.sendall(frames)

    def receive(self, deadline: float) -> Answer:
        """The next frame. ConnectionError when the stream ends first, TimeoutError when nothing comes."""
        while True:
            if len(self._received) >= 4:
                size = 4 + int.from_bytes(self._received[:4], "big")
                if len(self._received) >= size:
                    frame = bytes(self._received[4:size])
                    del self._received[:size]
                    return decoded(frame)
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            self.socket.settimeout(left)
            part = self.socket.recv(1 << 20)
            if not part:
                raise ConnectionResetError("closed by the server")
            self._received += part

    def ask(self, request: Request, binary: bool = False) -> Answer:
        """The answer to one request; what else comes, like requests of the server's own, is passed over."""
        return self.ask_all([request], binary)[0]

    def ask_all(self, requests: Iterable[Request], binary: bool = False) -> list[Answer]:
        """Pipelined: all are sent before an answer is looked at, so keep their answers below a socket's buffers."""
        frames, waiting = [], {}
        for number, request in enumerate(requests):
            self._opaque += 1
            waiting[self._opaque] = number
            frames.append(request.encoded(self._opaque, binary))
        self.send(b"".join(frames))
        answers: list[Answer | None] = [None] * len(frames)
        deadline = time.monotonic() + self.seconds
        while waiting:
            answer = self.receive(deadline)
            if answer.flag & RESPONSE and answer.opaque in waiting:
                answers[waiting.pop(answer.opaque)] = answer
        return [answer for answer in answers if answer is not None]

    def closed(self) -> bool:
        """Whether the server ends the stream before the time is up, whatever it says until then."""
        deadline = time.monotonic() + self.seconds
        try:
            while True:
                self.receive(deadline)
        except TimeoutError:
            return False
        except (ConnectionError, ValueError, KeyError):
            return True

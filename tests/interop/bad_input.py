"""What bad input gets: exit codes and sentences that an operator can act on, and nothing changed."""
import random
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from nodes import GantryNode, Node, broker_config, free_port

if TYPE_CHECKING:
    from run import Suite

SECONDS = 20
GROWTH_MIB = 100


def _ends(node: Node) -> tuple[int, str]:
    """Starts a node that must refuse to run; its exit code and everything that it said."""
    done = subprocess.run(node.command(), cwd=node.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=SECONDS)
    return done.returncode, done.stdout


def _broker(suite: "Suite", name: str, **changed: str) -> GantryNode:
    port = free_port(also=(-2, 1))
    folder = suite.folder / name
    config = broker_config("broker-a", folder, port, "127.0.0.1:1") | changed
    return GantryNode(suite.build / "mqbroker", "broker-a", folder, port, config)


def _sentences(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.strip()]


def wrong_value(suite: "Suite") -> str:
    node = _broker(suite, "wrong_value", brokerPermission="yes")
    line = node.config_file.read_text().splitlines().index("brokerPermission=yes") + 1
    code, said = _ends(node)
    if code != 2:
        return f"exit code {code}: {said}"
    wanted = [f"{node.config_file}:{line}", "brokerPermission"]
    missing = [each for each in wanted if each not in said]
    if missing:
        return f"does not name {missing}: {said}"
    return "a store was made" if (node.folder / "store-broker-a").exists() else ""


def unknown_key(suite: "Suite") -> str:
    """A warning that names the nearest known key; the broker runs."""
    node = _broker(suite, "unknown_key", flushDiskTipe="SYNC_FLUSH")
    suite.houses.nodes.append(node)
    node.start()
    node.stop()
    said = node.log.read_text()
    return "" if "flushDiskTipe" in said and "flushDiskType" in said else f"no hint at the nearest key: {said}"


def missing_file(suite: "Suite") -> str:
    node = _broker(suite, "missing_file")
    node.config_file.unlink()
    code, said = _ends(node)
    return "" if code == 2 and str(node.config_file) in said else f"exit code {code}: {said}"


def _refused(node: Node, word: str) -> str:
    """Exit code 1 and one sentence that holds the word."""
    code, said = _ends(node)
    if code != 1:
        return f"exit code {code}: {said}"
    if len(_sentences(said)) != 1:
        return f"not one sentence: {said}"
    return "" if word in said else f"does not say {word}: {said}"


def port_in_use(suite: "Suite") -> str:
    node = _broker(suite, "port_in_use")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", node.port))
        holder.listen()
        return _refused(node, str(node.port))


def locked_store(suite: "Suite") -> str:
    """Another broker on the same store, on other ports."""
    first = _broker(suite, "locked_store")
    suite.houses.nodes.append(first)
    first.start()
    store = str(first.folder / "store-broker-a")
    second = _broker(suite, "locked_store_second", storePathRootDir=store, storePathCommitLog=f"{store}/commitlog")
    before = _names_below(Path(store))
    why = _refused(second, store)
    changed = sorted(_names_below(Path(store)) ^ before)
    first.stop()
    return why or (f"changed: {changed}" if changed else "")


def _names_below(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def unwritable_folder(suite: "Suite") -> str:
    """Its parent is a file, so that not even root can make the folder."""
    blocked = suite.folder / "blocked"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file, not a folder\n")
    node = _broker(suite, "unwritable", storePathRootDir=str(blocked / "store"),
                   storePathCommitLog=str(blocked / "store" / "commitlog"))
    return _refused(node, str(blocked / "store"))


def garbage_on_a_connection(suite: "Suite") -> str:
    """Bad frames close their connection; the broker serves the others."""
    node = _broker(suite, "garbage")
    suite.houses.nodes.append(node)
    node.start()
    noise = random.Random(1)
    header = b'{"code":105,"extFields":{},"flag":0,"language":"JAVA","opaque":1,"version":409}'
    good = _frame(header)
    frames = {
        "a huge length": (0x7FFFFFFF).to_bytes(4, "big") + bytes(64),
        "a negative length": (0xFFFFFFF0).to_bytes(4, "big") + bytes(64),
        "a length below the header's": (2).to_bytes(4, "big") + bytes(64),
        "a header longer than the frame": (20).to_bytes(4, "big") + (100).to_bytes(4, "big") + bytes(16),
        "an unknown header type": (4 + len(header)).to_bytes(4, "big") + bytes([9]) + len(header).to_bytes(3, "big") + header,
        "a header that is no JSON": _frame(b"{{{{{{{{"),
        "random bytes": noise.randbytes(4096),
        "an HTTP request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    }
    with socket.create_connection(("127.0.0.1", node.port), SECONDS) as bystander:
        for what, frame in frames.items():
            with socket.create_connection(("127.0.0.1", node.port), SECONDS) as hostile:
                hostile.sendall(frame)
                if not _closed(hostile):
                    return f"{what}: the connection stays open"
            if not _answers(bystander, good):
                return f"{what}: another connection got no answer: {node.tail()}"
    return "" if node.stop() == 0 else node.tail()


def never_reading(suite: "Suite") -> str:
    """Asks on and on and takes no answer: the broker stops reading from it or closes it, and serves the others."""
    node = _broker(suite, "never_reading")
    suite.houses.nodes.append(node)
    node.start()
    asking = _frame(b'{"code":28,"extFields":{},"flag":0,"language":"JAVA","opaque":1,"version":409}') * 100
    before = _resident_mib(node)
    with socket.create_connection(("127.0.0.1", node.port), SECONDS) as deaf:
        deaf.settimeout(3)
        try:
            for _ in range(2000):
                deaf.sendall(asking)
        except (TimeoutError, ConnectionError):
            pass  # no longer read, or closed
        else:
            return "200,000 requests were taken from a client that reads no answer"
        grown = _resident_mib(node) - before
        if grown > GROWTH_MIB:
            return f"grew by {grown} MiB"
        with socket.create_connection(("127.0.0.1", node.port), SECONDS) as bystander:
            if not _answers(bystander, asking[:len(asking) // 100]):
                return "another connection got no answer"
    return "" if node.stop() == 0 else node.tail()


def _resident_mib(node: Node) -> int:
    assert node.process is not None
    status = Path(f"/proc/{node.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def bad_case_file(suite: "Suite") -> str:
    """The simulator names the line of a case that it cannot read."""
    case = suite.folder / "bad_case.txt"
    case.parent.mkdir(parents=True, exist_ok=True)
    case.write_text("no such thing\n")
    done = subprocess.run([suite.build / "mqsim", "replay", case], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS)
    return "" if done.returncode == 2 and f"{case}:1:" in done.stdout else f"exit code {done.returncode}: {done.stdout}"


def _frame(header: bytes) -> bytes:
    return (4 + len(header)).to_bytes(4, "big") + len(header).to_bytes(4, "big") + header


def _closed(connection: socket.socket) -> bool:
    try:
        while True:
            if not connection.recv(4096):
                return True
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def _answers(connection: socket.socket, request: bytes) -> bool:
    """Any answer will do."""
    connection.sendall(request)
    try:
        length = int.from_bytes(_exactly(connection, 4), "big")
        return len(_exactly(connection, length)) == length
    except (ConnectionError, TimeoutError):
        return False


def _exactly(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        part = connection.recv(size - len(got))
        if not part:
            raise ConnectionError("closed")
        got += part
    return got


CASES = [wrong_value, unknown_key, missing_file, port_in_use, locked_store, unwritable_folder, garbage_on_a_connection,
         never_reading, bad_case_file]


def run(suite: "Suite") -> None:
    for case in CASES:
        try:
            suite.report.result(f"bad_input.{case.__name__}", case(suite))
        except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired) as trouble:
            suite.report.failed(f"bad_input.{case.__name__}", repr(trouble))

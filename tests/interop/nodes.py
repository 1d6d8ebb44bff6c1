"""NameServers and brokers, Gantry's and Java's, as processes on free loopback ports with stores of their own."""
import json
import os
import random
import resource
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30
CLUSTER = "InteropCluster"

JAVA_FLAGS = (
    "-Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=4 "
    "--add-exports java.base/sun.nio.ch=ALL-UNNAMED --add-exports java.base/jdk.internal.ref=ALL-UNNAMED "
    "--add-opens java.base/java.nio=ALL-UNNAMED --add-opens java.base/jdk.internal.ref=ALL-UNNAMED "
    "--add-opens java.base/sun.nio.ch=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED "
    "--add-opens java.base/java.util=ALL-UNNAMED -Drocketmq.broker.diskSpaceWarningLevelRatio=0.99 "
    "-Drocketmq.client.logUseSlf4j=true").split()
LOGBACK = '<configuration><root level="WARN"/></configuration>\n'


def wait_until(what: str, seconds: float, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(address: str, code: int, fields: dict[str, str]) -> tuple[int, bytes]:
    """One request on a connection of its own; the answer's code and body."""
    host, port = address.split(":")
    header = json.dumps({"code": code, "language": "JAVA", "version": 407, "opaque": 1, "flag": 0,
                         "extFields": fields}).encode()
    with socket.create_connection((host, int(port)), timeout=5) as asked:
        asked.sendall(struct.pack(">II", 4 + len(header), len(header)) + header)
        with asked.makefile("rb") as answer:
            length, head = struct.unpack(">II", answer.read(8))
            answered = json.loads(answer.read(head & 0xFFFFFF))
            return answered["code"], answer.read(length - 4 - (head & 0xFFFFFF))


def route_of(namesrv: str, topic: str) -> str:
    """What a NameServer answers to GET_ROUTEINFO_BY_TOPIC (105): the body, empty while there is no route."""
    return ask(namesrv, 105, {"topic": topic})[1].decode()


def make_topic(namesrv: str, brokers: "list[Node]", topic: str) -> None:
    """UPDATE_AND_CREATE_TOPIC (17) on each broker; returns when the NameServer knows all of them."""
    fields = {"topic": topic, "defaultTopic": "TBW102", "readQueueNums": "4", "writeQueueNums": "4", "perm": "6",
              "topicFilterType": "SINGLE_TAG", "topicSysFlag": "0", "order": "false"}
    for broker in brokers:
        code, _ = ask(broker.address, 17, fields)
        if code != 0:
            raise RuntimeError(f"{broker.name} does not make {topic}: code {code}")
    wait_until(f"{topic} has a route", START_SECONDS,
               lambda: all(broker.address in route_of(namesrv, topic) for broker in brokers))


# Below what Linux gives to those who connect: nobody takes such a port between our look and a server's
# start, and the thousands of connections that a suite leaves waiting for their end do not use them up.
SERVER_PORTS = range(20_000, 32_000)


def free_port(also: tuple[int, ...] = ()) -> int:
    """A port that is free now, as are its neighbours at these distances."""
    refused: OSError | None = None
    for _ in range(1000):
        port = random.choice(SERVER_PORTS)
        sockets: list[socket.socket] = []
        try:
            for distance in (0, *also):
                sockets.append(socket.socket())
                sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sockets[-1].bind(("127.0.0.1", port + distance))
            return port
        except OSError as why:
            refused = why
        finally:
            for each in sockets:
                each.close()
    raise RuntimeError(f"no free ports on 127.0.0.1: {refused}")


class Node:
    """One server process. `config` is written as a properties file; the folder holds everything of it."""

    def __init__(self, name: str, folder: Path, port: int, config: dict[str, str]) -> None:
        self.name, self.folder, self.port = name, folder, port
        self.address = f"127.0.0.1:{port}"
        self.config_file = folder / f"{name}.conf"
        self.log = folder / f"{name}.log"
        folder.mkdir(parents=True, exist_ok=True)
        self.config_file.write_text("".join(f"{key}={value}\n" for key, value in config.items()))
        self.process: subprocess.Popen[bytes] | None = None
        self.descriptors: tuple[int, int] | None = None  # the soft and the hard limit; None: as we have them

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> "Node":
        with self.log.open("ab") as log:
            said_before = log.tell()
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
                                            preexec_fn=self._limit if self.descriptors else None)
        wait_until(f"{self.name} listens on {self.port} and says that it is up", START_SECONDS,
                   lambda: self._up(said_before))
        return self

    def _limit(self) -> None:
        assert self.descriptors is not None
        resource.setrlimit(resource.RLIMIT_NOFILE, self.descriptors)

    def _up(self, said_before: int) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}: {self.tail()}")
        # A port may be bound long before it is served.
        return b"boot success" in self.log.read_bytes()[said_before:] and accepts(self.port)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Asks it to stop, as an operator does; returns its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimeoutError(f"{self.name} did not stop within {STOP_SECONDS} s of SIGTERM") from None

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " | ".join(lines[-5:])


class GantryNode(Node):
    def __init__(self, program: Path, name: str, folder: Path, port: int, config: dict[str, str]) -> None:
        super().__init__(name, folder, port, config)
        self.program = program

    def command(self) -> list[str]:
        return [str(self.program), "-c", str(self.config_file)]


class JavaNode(Node):
    def __init__(self, jars: Path, main: str, name: str, folder: Path, port: int, config: dict[str, str]) -> None:
        super().__init__(name, folder, port, config)
        self.jars, self.main = jars, main
        write_logback(folder)

    def command(self) -> list[str]:
        return ["java", *JAVA_FLAGS, f"-Drocketmq.home.dir={self.folder}", f"-Duser.home={self.folder}",
                "-cp", f"{self.jars}/*", self.main, "-c", str(self.config_file)]

    def stop(self) -> int:
        code = super().stop()
        return 0 if code == 128 + signal.SIGTERM else code  # so ends a JVM that was asked to


def write_logback(home: Path) -> None:
    """The Java programs refuse to run without these."""
    (home / "conf").mkdir(parents=True, exist_ok=True)
    for part in ("broker", "namesrv", "tools"):
        (home / "conf" / f"logback_{part}.xml").write_text(LOGBACK)


def broker_config(name: str, folder: Path, port: int, namesrv: str) -> dict[str, str]:
    store = folder / f"store-{name}"
    return {
        "brokerClusterName": CLUSTER, "brokerName": name, "brokerId": "0", "brokerIP1": "127.0.0.1",
        "listenPort": str(port), "haListenPort": str(port + 1), "namesrvAddr": namesrv,
        "storePathRootDir": str(store), "storePathCommitLog": str(store / "commitlog"),
        "flushDiskType": "ASYNC_FLUSH", "autoCreateTopicEnable": "true",
    }


class Houses:
    """Makes nodes of either house below one folder, and stops all of them at the end."""

    def __init__(self, build: Path, java: Callable[[], Path], folder: Path) -> None:
        """`java` yields the folder of the Java servers' jars; it is called when one is to start."""
        self.build, self.java, self.folder = build, java, folder
        self.nodes: list[Node] = []

    def _keep(self, node: Node) -> Node:
        self.nodes.append(node)
        return node

    def namesrv(self, house: str) -> Node:
        port = free_port()
        folder = self.folder / f"namesrv-{house}-{port}"
        config = {"listenPort": str(port), "kvConfigPath": str(folder / "kvConfig.json")}
        if house == "gantry":
            return self._keep(GantryNode(self.build / "mqnamesrv", "namesrv", folder, port, config))
        return self._keep(JavaNode(self.java(), "org.apache.rocketmq.namesrv.NamesrvStartup", "namesrv", folder, port, config))

    def broker(self, house: str, name: str, namesrv: str, **changed: str) -> Node:
        port = free_port(also=(-2, 1))
        folder = self.folder / f"{name}-{house}-{port}"
        config = broker_config(name, folder, port, namesrv) | changed
        if house == "gantry":
            return self._keep(GantryNode(self.build / "mqbroker", name, folder, port, config))
        return self._keep(JavaNode(self.java(), "org.apache.rocketmq.broker.BrokerStartup", name, folder, port, config))

    def serving_broker(self, house: str, name: str, namesrv: str, **changed: str) -> Node:
        """A broker that has started and registered: it listens before it registers, and a client that comes
        in between finds no topic."""
        node = self.broker(house, name, namesrv, **changed).start()
        wait_until(f"{name} is registered", START_SECONDS, lambda: node.address in route_of(namesrv, "SELF_TEST_TOPIC"))
        return node

    def stop_all(self) -> list[str]:
        """Stops the rest, brokers before NameServers; returns what did not stop as it should."""
        wrong = []
        for node in reversed(self.nodes):
            if node.process is None or node.process.poll() is not None:
                continue
            try:
                code = node.stop()
                if code != 0:
                    wrong.append(f"{node.name} ended with {code} after SIGTERM: {node.tail()}")
            except TimeoutError as late:
                wrong.append(str(late))
        self.nodes.clear()
        return wrong


def end_quietly(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()

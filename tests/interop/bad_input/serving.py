"""The servers that bad input is sent to, and what it may do to them."""
from pathlib import Path
from typing import TYPE_CHECKING

from bad_input.wire import Peer, Request
from nodes import GantryNode, Node, broker_config, free_port, wait_until

if TYPE_CHECKING:
    from run import Suite

GROWTH_MIB = 150
READY_SECONDS = 30


def broker(suite: "Suite", name: str, **changed: str) -> GantryNode:
    """A broker with a folder of its own, not started. Stopped with the suite."""
    port = free_port(also=(-2, 1))
    folder = suite.folder / name
    config = broker_config("broker-a", folder, port, "127.0.0.1:1") | changed
    node = GantryNode(suite.build / "mqbroker", "broker-a", folder, port, config)
    suite.houses.nodes.append(node)
    return node


def namesrv(suite: "Suite", name: str, **changed: str) -> GantryNode:
    port = free_port()
    folder = suite.folder / name
    config = {"listenPort": str(port), "kvConfigPath": str(folder / "kvConfig.json"),
              "configStorePath": str(folder / "namesrv.properties")} | changed
    node = GantryNode(suite.build / "mqnamesrv", "namesrv", folder, port, config)
    suite.houses.nodes.append(node)
    return node


def pair(suite: "Suite", name: str, descriptors: tuple[int, int] | None = None, **of_broker: str) -> tuple[GantryNode, GantryNode]:
    """A started NameServer and a broker that has registered there, as the bystander needs them."""
    names = namesrv(suite, f"{name}_namesrv")
    names.descriptors = descriptors
    names.start()
    serving = broker(suite, name, namesrvAddr=names.address, **of_broker)
    serving.descriptors = descriptors
    serving.start()
    for topic in ("Bystander", "Hostile"):
        made = create_topic(serving.port, topic)
        if made:
            raise RuntimeError(made)
    with Peer(names.port) as asking:
        for topic in ("Bystander", "Hostile"):
            wait_until(f"the route of {topic}", READY_SECONDS,
                       lambda topic=topic: asking.ask(Request(105, {"topic": topic})).code == 0)
    return serving, names


def create_topic(port: int, topic: str, queues: str = "4") -> str:
    fields = {"topic": topic, "defaultTopic": "TBW102", "readQueueNums": queues, "writeQueueNums": queues, "perm": "6",
              "topicFilterType": "SINGLE_TAG", "topicSysFlag": "0", "order": "false"}
    with Peer(port) as asking:
        answer = asking.ask(Request(17, fields))
    return "" if answer.code == 0 else f"the topic {topic} was refused with {answer.code}: {answer.remark}"


def resident_mib(node: Node) -> int:
    assert node.process is not None
    status = Path(f"/proc/{node.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


class Watch:
    """How much a server grew since, and whether it still runs."""

    def __init__(self, *nodes: Node) -> None:
        self.nodes = [(node, resident_mib(node)) for node in nodes]

    def trouble(self, growth_mib: int = GROWTH_MIB) -> str:
        for node, before in self.nodes:
            assert node.process is not None
            if node.process.poll() is not None:
                return f"{node.name} ended with {node.process.returncode}: {node.tail()}"
            grown = resident_mib(node) - before
            if grown > growth_mib:
                return f"{node.name} grew by {grown} MiB"
        return ""


def listing(folder: Path, without: Path) -> set[str]:
    """Every file below a folder, but not below another."""
    return {str(path) for path in folder.rglob("*") if without not in (path, *path.parents)}

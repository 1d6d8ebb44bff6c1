"""The foreign clients, each against clusters of its own: one NameServer and two masters."""
from typing import TYPE_CHECKING

from features import CASES, MQADMIN
from nodes import Node, make_topic
from programs import JAVA_CLIENTS

if TYPE_CHECKING:
    from run import Suite

# No topic by a send; and no message counts as held in memory, or a new group would start at the first one always.
STRICT = {"autoCreateTopicEnable": "false", "accessMessageInMemoryMaxRatio": "0"}


def _masters(suite: "Suite") -> tuple[str, list[Node]]:
    namesrv, brokers = suite.cluster(suite.house, suite.house, ("broker-a", "broker-b"))
    return namesrv.address, brokers


def _java(suite: "Suite", version: str) -> None:
    name = f"java_{version.replace('.', '_')}"
    namesrv, _ = _masters(suite)
    strict, _ = suite.cluster(suite.house, suite.house, ("strict",), **STRICT)
    suite.report.follow(name, CASES[name], suite.programs.java(
        namesrv, 2, CASES[name], f"-Dstrict={strict.address}", client=JAVA_CLIENTS[version]))


def java_4_9_7(suite: "Suite") -> None:
    _java(suite, "4.9.7")


def java_4_5_2(suite: "Suite") -> None:
    _java(suite, "4.5.2")


def java_5_3_3(suite: "Suite") -> None:
    _java(suite, "5.3.3")


def mqadmin(suite: "Suite") -> None:
    namesrv, _ = _masters(suite)
    suite.report.follow("mqadmin", list(MQADMIN), suite.programs.java(namesrv, 2, MQADMIN))


def go(suite: "Suite") -> None:
    namesrv, _ = _masters(suite)
    suite.report.follow("go_client", CASES["go_client"], suite.programs.go(namesrv, CASES["go_client"]))


def node(suite: "Suite") -> None:
    namesrv, brokers = _masters(suite)
    for case in CASES["node_client"]:
        make_topic(namesrv, brokers, f"FromNode_{case}")
    suite.report.follow("node_client", CASES["node_client"], suite.programs.node(namesrv, CASES["node_client"]))


def java_broker_with_our_namesrv(suite: "Suite") -> None:
    namesrv, _ = suite.cluster(suite.house, "java", ("java-a",))
    suite.report.follow("java_broker_with_our_namesrv", ["route_send_consume"],
                        suite.programs.java(namesrv.address, 1, ["route_send_consume"]))


def our_broker_with_java_namesrv(suite: "Suite") -> None:
    namesrv, _ = suite.cluster("java", suite.house, ("broker-a",))
    suite.report.follow("our_broker_with_java_namesrv", ["route_send_consume"],
                        suite.programs.java(namesrv.address, 1, ["route_send_consume"]))

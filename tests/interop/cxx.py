"""Gantry's C++ client by its shell programs: mqproducer sends lines, mqconsumer prints them."""
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run import Suite

COUNT = 500
SECONDS = 90


def _send(suite: "Suite", namesrv: str, topic: str, lines: list[str]) -> str:
    """Why it went wrong, or nothing."""
    sent = subprocess.run([suite.build / "mqproducer", "-n", namesrv, "-t", topic], input="\n".join(lines) + "\n",
                          text=True, capture_output=True, timeout=SECONDS)
    return "" if sent.returncode == 0 else f"exit code {sent.returncode}: {sent.stderr}"


def _consume(suite: "Suite", namesrv: str, topic: str, lines: list[str]) -> str:
    got = subprocess.run([suite.build / "mqconsumer", "-n", namesrv, "-t", topic, "-g", f"{topic}_group",
                          "--from-first", "--count", str(len(lines))], text=True, capture_output=True, timeout=SECONDS)
    received = sorted(got.stdout.splitlines())
    ok = got.returncode == 0 and received == sorted(lines)
    return "" if ok else f"exit code {got.returncode}, {len(received)} lines: {got.stderr}"


def _send_and_receive(suite: "Suite", namesrv: str, topic: str) -> None:
    """The group comes twice, and gets the second time what was sent since the first."""
    first, second = ([f"{topic} {visit} line {i}" for i in range(COUNT)] for visit in ("first", "second"))
    suite.report.result(f"{topic}.send_makes_topic", _send(suite, namesrv, topic, first))
    consumed = _consume(suite, namesrv, topic, first)
    suite.report.result(f"{topic}.send_sync", _send(suite, namesrv, topic, second))
    suite.report.result(f"{topic}.consume_concurrently", consumed or _consume(suite, namesrv, topic, second))


def against_java(suite: "Suite") -> None:
    namesrv, _ = suite.cluster("java", "java", ("java-a",))
    _send_and_receive(suite, namesrv.address, "cxx_client_java_broker")


def against_ours(suite: "Suite") -> None:
    namesrv, _ = suite.cluster("gantry", "gantry", ("broker-a",))
    _send_and_receive(suite, namesrv.address, "cxx_client_our_broker")

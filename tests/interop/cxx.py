"""Gantry's C++ client by its shell programs: mqproducer sends lines, mqconsumer prints them."""
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run import Suite

COUNT = 500
SECONDS = 90


def _send_and_receive(suite: "Suite", namesrv: str, topic: str) -> None:
    lines = [f"{topic} line {i}" for i in range(COUNT)]
    sent = subprocess.run([suite.build / "mqproducer", "-n", namesrv, "-t", topic], input="\n".join(lines) + "\n",
                          text=True, capture_output=True, timeout=SECONDS)
    suite.report.result(f"{topic}.send", "" if sent.returncode == 0 else f"exit code {sent.returncode}: {sent.stderr}")
    got = subprocess.run([suite.build / "mqconsumer", "-n", namesrv, "-t", topic, "-g", f"{topic}_group",
                          "--from-first", "--count", str(COUNT)], text=True, capture_output=True, timeout=SECONDS)
    received = sorted(got.stdout.splitlines())
    why = f"exit code {got.returncode}, {len(received)} lines: {got.stderr}"
    suite.report.result(f"{topic}.consume", "" if got.returncode == 0 and received == sorted(lines) else why)


def against_java(suite: "Suite") -> None:
    namesrv, _ = suite.cluster("java", "java", ("java-a",))
    _send_and_receive(suite, namesrv.address, "cxx_client_java_broker")


def against_ours(suite: "Suite") -> None:
    namesrv, _ = suite.cluster("gantry", "gantry", ("broker-a",))
    _send_and_receive(suite, namesrv.address, "cxx_client_our_broker")

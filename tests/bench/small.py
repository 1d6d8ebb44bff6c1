"""The figures of one program each: idle memory, time from exec to the first accepted send, speed of the simulator."""
import json
import re
import statistics
import struct
import subprocess
import time
from pathlib import Path

from load import Shape, run_load
from servers import LOAD_CORE, START_SECONDS, Server, await_port, gantry_broker, gantry_namesrv
from steady import steady_case

IDLE_SECONDS = 3
STARTS = 5
KILLS, KILLED_LOG_BYTES = 3, 4 << 30
KILL_LOAD, KILL_MESSAGE_BYTES = Shape("16 x 64", 16, 64), 1024  # the body alone: a record is longer


def idle_memory(build: Path, folder: Path) -> tuple[float, float]:
    """MiB resident of a broker and of the NameServer that it is registered with."""
    namesrv = gantry_namesrv(build, folder).start()
    broker = gantry_broker(build, folder, namesrv.address).start()
    try:
        time.sleep(IDLE_SECONDS)
        return broker.resident_mib(), namesrv.resident_mib()
    finally:
        broker.stop()
        namesrv.stop()


def _send_frame() -> bytes:
    fields = {"a": "bench", "b": "FirstSend", "c": "TBW102", "d": "4", "e": "0", "f": "0", "g": "1700000000000", "h": "0",
              "i": "", "j": "0", "k": "false", "m": "false"}
    header = json.dumps({"code": 310, "language": "JAVA", "version": 407, "opaque": 1, "flag": 0, "extFields": fields}).encode()
    body = b"x" * 1024
    return struct.pack(">II", 4 + len(header) + len(body), len(header)) + header + body


def _spawn_and_send_ms(broker: Server) -> float:
    frame = _send_frame()
    begin = time.monotonic()
    broker.spawn()
    with await_port(broker.port, START_SECONDS) as peer, peer.makefile("rb") as answers:
        peer.sendall(frame)
        length, head = struct.unpack(">II", answers.read(8))
        answer = json.loads(answers.read(length - 4)[:head])
    taken = (time.monotonic() - begin) * 1000
    if answer["code"] != 0:
        raise RuntimeError(f"the first send was answered with {answer}")
    return taken


def first_send_ms(build: Path, folder: Path) -> list[float]:
    """Milliseconds from exec to the answer to the first send, a topic created by it included; several starts."""
    found = []
    for _ in range(STARTS):
        broker = gantry_broker(build, folder)
        try:
            found.append(_spawn_and_send_ms(broker))
        finally:
            broker.stop()
    return found


def first_send_after_kill_ms(build: Path, folder: Path) -> list[float]:
    """The same of a broker that was killed at the end of a load, with KILLED_LOG_BYTES of log and more, several times."""
    broker = gantry_broker(build, folder).start()
    try:
        written = 0.0
        while written < KILLED_LOG_BYTES:
            written += run_load(build, broker, KILL_LOAD, seconds=2, warm_up=0).rate * 2 * KILL_MESSAGE_BYTES
        found = []
        for _ in range(KILLS):
            run_load(build, broker, KILL_LOAD, seconds=2, warm_up=0, rest=False)
            broker.kill()
            found.append(_spawn_and_send_ms(broker))
        return found
    finally:
        broker.stop()


def simulator(build: Path, folder: Path, runs: int) -> tuple[float, float, int]:
    """Events per second, simulated seconds per real one (medians) and the number of events, on one core."""
    case = folder / "steady.case"
    case.write_text(steady_case())
    found = []
    for _ in range(runs):
        done = subprocess.run(["taskset", "-c", LOAD_CORE, str(build / "mqsim"), "replay", "--unsealed", str(case)], text=True,
                              capture_output=True)
        told = re.search(r"(\d+) events, ([\d.]+) s simulated in ([\d.]+) s", done.stdout)
        if done.returncode != 0 or told is None:
            raise RuntimeError(f"mqsim: {done.stdout}{done.stderr}")
        found.append((int(told[1]), float(told[2]), float(told[3])))
    return (statistics.median(events / real for events, _, real in found),
            statistics.median(simulated / real for _, simulated, real in found), found[0][0])

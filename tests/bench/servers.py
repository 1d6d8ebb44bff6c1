"""The servers under load, each a process on core 0 with a folder of its own: the floor, Gantry, Java 4.9.7."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "interop"))
from nodes import JAVA_FLAGS, broker_config, free_port, write_logback  # noqa: E402
from programs import Programs  # noqa: E402

SERVER_CORE, LOAD_CORE = "0", "1"
START_SECONDS = 60
REST_SECONDS, REST_LOOK_SECONDS = 5, 0.25
# As tests/interop starts it, but with the heap and the collector of a server.
JAVA_HEAP = ["-Xms4g", "-Xmx4g", "-XX:+UseG1GC"]
JAVA_BENCH_FLAGS = JAVA_HEAP + [flag for flag in JAVA_FLAGS
                                if not flag.startswith(("-Xm", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel"))]


def cpu_seconds_of(pid: int) -> tuple[float, float]:
    """User and system time so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def running_seconds(pid: int) -> float:
    """The time that the threads which it has now were running so far, to the nanosecond."""
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


class Server:
    """`command` as it is run on core 0; it prints `boot success` when it serves."""

    def __init__(self, name: str, folder: Path, port: int, command: list[str]) -> None:
        self.name, self.folder, self.port = name, folder, port
        self.command = ["taskset", "-c", SERVER_CORE, *command]
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def spawn(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)

    def start(self) -> "Server":
        self.spawn()
        deadline = time.monotonic() + START_SECONDS
        while "boot success" not in self.log.read_text(errors="replace"):
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start: {self.log.read_text(errors='replace')[-600:]}")
            time.sleep(0.02)
        return self

    def cpu_seconds(self) -> tuple[float, float]:
        return cpu_seconds_of(self.pid)

    def pause(self) -> None:
        """Holds it still once its work is done, so that it takes nothing of the core from the one under load: an idle Java broker
        takes 4 to 8 % of it and at moments all (measured once, by hand)."""
        deadline, busy = time.monotonic() + REST_SECONDS, True
        while busy and time.monotonic() < deadline:
            before = sum(self.cpu_seconds())
            time.sleep(REST_LOOK_SECONDS)
            busy = sum(self.cpu_seconds()) - before > 0.1 * REST_LOOK_SECONDS
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def resident_mib(self) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"{self.name} has no resident size")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.go_on()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def floor_server(build: Path, folder: Path) -> Server:
    port = free_port()
    return Server("floor", folder / "floor", port, [str(build / "tests" / "bench_floor"), str(port)])


def _broker_file(folder: Path, port: int, namesrv: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = broker_config("bench", folder, port, namesrv)
    if not namesrv:
        del config["namesrvAddr"]
    file = folder / "broker.conf"
    file.write_text("".join(f"{key}={value}\n" for key, value in config.items()))
    return file


def gantry_broker(build: Path, folder: Path, namesrv: str = "") -> Server:
    return _broker("gantry", build / "mqbroker", folder, namesrv)


def blocking_broker(build: Path, folder: Path) -> Server:
    """Gantry's broker, but it never polls."""
    return _broker("blocking", build / "tests" / "bench_blocking", folder, "")


def _broker(name: str, program: Path, folder: Path, namesrv: str) -> Server:
    port = free_port(also=(-2, 1))
    folder = folder / f"{name}-{port}"
    return Server(name, folder, port, [str(program), "-c", str(_broker_file(folder, port, namesrv))])


def gantry_namesrv(build: Path, folder: Path) -> Server:
    port = free_port()
    folder = folder / f"namesrv-{port}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "namesrv.conf"
    file.write_text(f"listenPort={port}\nkvConfigPath={folder / 'kvConfig.json'}\n")
    return Server("namesrv", folder, port, [str(build / "mqnamesrv"), "-c", str(file)])


def java_broker(jars: Path, folder: Path) -> Server:
    port = free_port(also=(-2, 1))
    folder = folder / f"java-{port}"
    file = _broker_file(folder, port, "")
    write_logback(folder)
    return Server("java", folder, port,
                  ["java", *JAVA_BENCH_FLAGS, f"-Drocketmq.home.dir={folder}", f"-Duser.home={folder}",
                   "-cp", f"{jars}/*", "org.apache.rocketmq.broker.BrokerStartup", "-c", str(file)])


def fetch_jars(root: Path) -> Path:
    """Where the Java broker lies, from Maven Central when it is not here yet. RuntimeError: why it cannot be had."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise RuntimeError(f"there is no {tool}; ./dev install brings it")
    return Programs(root / "build" / "interop").server_jars()


def await_port(port: int, seconds: float) -> socket.socket:
    """A connection, as soon as one is accepted."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=seconds)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.0005)

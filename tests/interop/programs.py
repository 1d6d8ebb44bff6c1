"""The test programs of other languages: fetched, compiled and run. Everything lies below build/interop."""
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from nodes import JAVA_FLAGS, write_logback

HERE = Path(__file__).resolve().parent
CASE_SECONDS = 900


def _quietly(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


class Programs:
    """`prepare()` once, then run cases in a JVM or with the Go client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jars, self.classes, self.go_program = folder / "lib", folder / "classes", folder / "go_clients"

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._fetch_jars()
        sources = sorted(str(path) for path in (HERE / "java").glob("*.java"))
        _quietly(["javac", "-nowarn", "-cp", f"{self.jars}/*", "-d", str(self.classes), *sources], HERE)
        _quietly(["go", "build", "-mod=readonly", "-o", str(self.go_program), "."], HERE / "go",
                 {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"})
        write_logback(self.folder)

    def _fetch_jars(self) -> None:
        pom, fetched = HERE / "pom.xml", self.jars / "fetched.xml"
        if fetched.exists() and fetched.read_text() == pom.read_text():
            return
        _quietly(["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={self.jars}"],
                 self.folder)
        fetched.write_text(pom.read_text())

    def java(self, namesrv: str, masters: int, cases: Iterable[str], *properties: str) -> subprocess.Popen[str]:
        return self._start(["java", *JAVA_FLAGS, f"-Duser.home={self.folder}", f"-Drocketmq.home.dir={self.folder}",
                            *properties, "-cp", f"{self.classes}:{self.jars}/*", "Cases", namesrv, str(masters), *cases])

    def go(self, namesrv: str, topic: str) -> subprocess.Popen[str]:
        return self._start([str(self.go_program), namesrv, topic])

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        with (self.folder / "clients.log").open("a") as log:
            return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=log, cwd=self.folder)

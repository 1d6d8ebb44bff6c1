"""The test programs of other languages: fetched, compiled and run. Everything lies below build/interop.

Each is made when it is first asked for, and made again only when what it is made of has changed.
"""
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from nodes import JAVA_FLAGS, write_logback

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class JavaClient:
    """One version of the Java client: its main class, the folders of its sources, Maven's profile."""
    version: str
    main: str
    sources: tuple[str, ...]
    profile: str = ""


JAVA_CLIENTS = {client.version: client for client in (
    JavaClient("4.5.2", "BasicClient", ("basic", "v4")),
    JavaClient("4.9.7", "ReferenceClient", ("basic", "v4", "since_4_6", "reference"), "reference"),
    JavaClient("5.3.3", "LiteClient", ("basic", "v5", "since_4_6")),
)}
REFERENCE = JAVA_CLIENTS["4.9.7"]


def _quietly(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def _made_of(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.relative_to(HERE)}\n".encode() + source.read_bytes())
    return digest.hexdigest()


def _once(into: Path, sources: list[Path], make: Callable[[], None]) -> None:
    """Fills a folder anew unless it was made of just these sources."""
    stamp = into / "made_of"
    made_of = _made_of(sources)
    if stamp.exists() and stamp.read_text() == made_of:
        return
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    make()
    stamp.write_text(made_of)


class Programs:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        write_logback(folder)

    def server_jars(self) -> Path:
        """Java's own NameServer and broker."""
        return self._jars(REFERENCE)

    def _jars(self, client: JavaClient) -> Path:
        jars, pom = self.folder / f"lib-{client.version}", HERE / "pom.xml"
        profile = [f"-P{client.profile}"] if client.profile else []
        _once(jars, [pom], lambda: _quietly(
            ["mvn", "-q", "-B", "-f", str(pom), f"-Drocketmq.version={client.version}", *profile,
             "dependency:copy-dependencies", f"-DoutputDirectory={jars}"], self.folder))
        return jars

    def _classes(self, client: JavaClient) -> Path:
        classes, jars = self.folder / f"classes-{client.version}", self._jars(client)
        sources = sorted(path for part in client.sources for path in (HERE / "java" / part).glob("*.java"))
        _once(classes, [HERE / "pom.xml", *sources], lambda: _quietly(
            ["javac", "-nowarn", "-cp", f"{jars}/*", "-d", str(classes), *map(str, sources)], HERE))
        return classes

    def java(self, namesrv: str, masters: int, cases: Iterable[str], *properties: str,
             client: JavaClient = REFERENCE) -> subprocess.Popen[str]:
        classes = self._classes(client)
        return self._start(
            ["java", *JAVA_FLAGS, f"-Duser.home={self.folder}", f"-Drocketmq.home.dir={self.folder}", *properties,
             "-cp", f"{classes}:{self._jars(client)}/*", client.main, namesrv, str(masters), *cases])

    def go(self, namesrv: str, cases: Iterable[str]) -> subprocess.Popen[str]:
        into, sources = self.folder / "go", sorted((HERE / "go").iterdir())
        _once(into, sources, lambda: _quietly(
            ["go", "build", "-mod=readonly", "-o", str(into / "clients"), "."], HERE / "go",
            {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}))
        return self._start([str(into / "clients"), namesrv, "FromGo", *cases])

    def node(self, namesrv: str, cases: Iterable[str]) -> subprocess.Popen[str]:
        into, package = self.folder / "node", [HERE / "node" / "package.json", HERE / "node" / "package-lock.json"]

        def install() -> None:
            for file in package:
                shutil.copy(file, into)
            _quietly(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], into)

        _once(into, package, install)
        return self._start(["node", str(HERE / "node" / "main.js"), namesrv, "FromNode", *cases],
                           {"NODE_PATH": str(into / "node_modules")})

    def _start(self, command: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
        with (self.folder / "clients.log").open("a") as log:
            return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=log, cwd=self.folder,
                                    env={**os.environ, **(environment or {})})

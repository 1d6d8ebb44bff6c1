"""One line per case, as it ends."""
import subprocess
import threading
from dataclasses import dataclass, field

CLIENT_SECONDS = 900


def _short(why: str) -> str:
    """Its begin and its end: what was wanted, and what came."""
    return why if len(why) <= 1200 else f"{why[:600]} ... {why[-600:]}"


@dataclass
class Report:
    running: list[subprocess.Popen[str]]
    failures: int = 0
    results: dict[str, str] = field(default_factory=dict)
    """By name, why a case failed; nothing for one that passed."""

    def passed(self, name: str) -> None:
        self.results[name] = ""
        print(f"ok     interop.{name}", flush=True)

    def failed(self, name: str, why: str) -> None:
        self.failures += 1
        self.results[name] = why
        print(f"FAILED interop.{name}: {_short(' '.join(why.split()))}", flush=True)

    def result(self, name: str, why: str) -> None:
        """Passed when there is nothing to say."""
        self.failed(name, why) if why else self.passed(name)

    def follow(self, prefix: str, cases: list[str], program: "subprocess.Popen[str]") -> None:
        """Passes on what a client program says about its cases; a case that it says nothing about failed."""
        self.running.append(program)
        watchdog = threading.Timer(CLIENT_SECONDS, program.kill)
        watchdog.start()
        silent = list(cases)
        assert program.stdout is not None
        for line in program.stdout:
            verdict, _, rest = line.strip().partition(" ")
            name, _, why = rest.partition(": ")
            if verdict in ("ok", "FAILED") and name in silent:
                silent.remove(name)
                self.result(f"{prefix}.{name}", "" if verdict == "ok" else why or "no reason given")
        code = program.wait()
        watchdog.cancel()
        said_so = any(self.results[f"{prefix}.{name}"] for name in cases if name not in silent)
        if code != 0 and not silent and not said_so:
            self.failed(f"{prefix}.ends", f"the client ended with {code}, though no case failed")
        for name in silent:
            self.failed(f"{prefix}.{name}", f"the client ended with {program.returncode} and no verdict")

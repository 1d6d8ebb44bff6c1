"""Damaged files that people give to programs: the place, and what was expected there."""
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run import Suite

SECONDS = 60
CASE = Path(__file__).resolve().parents[3] / "properties" / "regressions" / "async_failed_sync.txt"


def _says(program: Path, arguments: list[str], code: int, *words: str) -> str:
    done = subprocess.run([program, *arguments], text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS)
    missing = [word for word in words if word not in done.stdout]
    if done.returncode != code or missing:
        return f"exit code {done.returncode}, does not say {missing}: {done.stdout[:500]}"
    return ""


def _changed(lines: list[str], number: int, line: str) -> str:
    """The text with another line `number`, counted from 1."""
    return "\n".join([*lines[:number - 1], line, *lines[number:]]) + "\n"


def _with_word(line: str, index: int, word: str) -> str:
    words = line.split(" ")
    words[index] = word
    return " ".join(words)


def damaged_case_file(suite: "Suite") -> str:
    lines = CASE.read_text().splitlines()
    at = {kind: next(number for number, line in enumerate(lines, 1) if line.startswith(kind)) for kind in
          ("noise", "broker", "topic", "send", "fault")}
    damages = {
        "an unknown word": (at["topic"], "tropic TopicTest 2"),
        "a number that is none": (at["noise"], "noise many"),
        "a number too large": (at["send"], "send 99999999999999999999 p1 TopicTest m16 178"),
        "a line cut off": (at["send"], "send 1857 p1"),
        "a producer that nobody has": (at["send"], "send 1857 p9 TopicTest m16 178"),
        "a fault that nobody has": (at["fault"], "fault 1 disk_melt target=broker-a at=1 duration=1"),
        "a node that nobody has": (at["fault"], "fault 1 disk_stall target=broker-z at=1 duration=1"),
    }
    suite.folder.mkdir(parents=True, exist_ok=True)
    for what, (number, line) in damages.items():
        damaged = suite.folder / "case.txt"
        damaged.write_text(_changed(lines, number, line))
        expected = "is called" if "nobody has" in what else "expected"
        trouble = _says(suite.build / "mqsim", ["replay", str(damaged)], 2, f"{damaged}:{number}:", expected)
        if trouble:
            return f"{what}: {trouble}"
    damaged.write_bytes(b"\0\xff" * 100)
    return (_says(suite.build / "mqsim", ["replay", str(damaged)], 2, f"{damaged}:1:", "expected")
            or _says(suite.build / "mqsim", ["replay", str(suite.folder)], 2, str(suite.folder), "cannot be read")
            or _says(suite.build / "mqtrace", ["summary", str(suite.folder)], 1, str(suite.folder), "cannot be read"))


def damaged_record_file(suite: "Suite") -> str:
    suite.folder.mkdir(parents=True, exist_ok=True)
    record = suite.folder / "run.record"
    made = subprocess.run([suite.build / "mqsim", "replay", str(CASE), "--record", str(record)], text=True, timeout=SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not record.exists():
        return f"no record was made: {made.returncode} {made.stdout[:300]}"
    lines = record.read_text().splitlines()
    first = next(number for number, line in enumerate(lines, 1) if line.startswith("events ")) + 1
    middle = (first + len(lines)) // 2
    damages = {
        "cut off": ("\n".join(lines[:middle]) + "\n", middle + 1),
        "an event without a time": (_changed(lines, middle, "now" + lines[middle - 1]), middle),
        "a fiber that is no number": (_changed(lines, middle, _with_word(lines[middle - 1], 3, "many")), middle),
        "another format": (_changed(lines, 1, "gantry-record 99"), 1),
    }
    for what, (text, number) in damages.items():
        damaged = suite.folder / "damaged.record"
        damaged.write_text(text)
        trouble = _says(suite.build / "mqtrace", ["summary", str(damaged)], 1, f"{damaged}:{number}:", "expected")
        if trouble:
            return f"{what}: {trouble}"
    return ""


def unwritable_result_file(suite: "Suite") -> str:
    """Told before the load is put on anybody, and what lies at the other place stays."""
    suite.folder.mkdir(parents=True, exist_ok=True)
    older = suite.folder / "older.svg"
    older.write_text("of an earlier run")
    words = ["-b", "127.0.0.1:1", "-t", "Hostile", "--csv", str(suite.folder / "nowhere" / "x.csv"), "--svg", str(older)]
    trouble = _says(suite.build / "mqbench", words, 2, "x.csv cannot be written")
    return trouble or ("" if older.read_text() == "of an earlier run" else "the older file is gone")


CASES = [damaged_case_file, damaged_record_file, unwritable_result_file]

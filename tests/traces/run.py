#!/usr/bin/env python3
"""Runs are recorded, drawn and told by the programs themselves. Usage: run.py BUILD

Records the cases of docs/pictures with mqsim and reads them with mqtrace. A check is a test: `ok NAME`, or `FAILED
NAME: why`.
"""
import re
import subprocess
import sys
import tempfile
import xml.dom.minidom
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "docs/pictures"


class Bench:
    """The two programs, and a folder that goes away."""

    def __init__(self, build: Path, folder: Path):
        self.build, self.folder = build.resolve(), folder

    def mqtrace(self, *words: str | Path) -> subprocess.CompletedProcess:
        return subprocess.run([self.build / "mqtrace", *words], cwd=self.folder, text=True, capture_output=True,
                              timeout=60)

    def record(self, case: str, *options: str, name: str = "") -> Path:
        record = self.folder / (name or f"{case}.record")
        done = subprocess.run([self.build / "mqsim", "replay", CASES / f"{case}.txt", "--record", record, *options], text=True,
                              capture_output=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return record


def whole_run_is_drawn_as_svg(bench: Bench) -> None:
    for case in sorted(path.stem for path in CASES.glob("*.txt")):
        picture = bench.folder / f"{case}.svg"
        done = bench.mqtrace("draw", bench.record(case), "-o", picture)
        assert done.returncode == 0, done.stderr
        assert done.stderr == "", f"Graphviz has something against {case}: {done.stderr}"
        drawn = xml.dom.minidom.parse(str(picture))
        texts = " ".join("".join(child.data for child in node.childNodes) for node in drawn.getElementsByTagName("text"))
        for word in ("p1", "broker-a", "c1", "SEND_MESSAGE_V2", "PULL_MESSAGE: SUCCESS", "log synced"):
            assert word in texts, f"{case}.svg does not say {word}"
        width, height = (float(drawn.documentElement.getAttribute(side).rstrip("pt")) for side in ("width", "height"))
        assert 300 < width < 2500 and 300 < height < 5000, f"{case}.svg measures {width} x {height} points"


def one_life_is_drawn_as_png_and_dot(bench: Bench) -> None:
    record = bench.record("lost_message")
    for name, begin in (("m2.png", b"\x89PNG"), ("m2.dot", b"graph run {")):
        done = bench.mqtrace("draw", record, "--message", "m2", "-o", name)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        assert (bench.folder / name).read_bytes().startswith(begin), name


def loss_is_told(bench: Bench) -> None:
    record = bench.record("lost_message")
    harmed = bench.mqtrace("harmed", record).stdout.splitlines()
    assert harmed == ["m2 lost", "m3 missed"], harmed
    story = bench.mqtrace("why", record, "m2").stdout
    assert re.match(r"m2 was acknowledged at \S+ s and is lost: broker-a had it in memory, and in no file yet, when the "
                    r"power went at 3\.6000 s, fault 1 \(power_loss for 4\.0 s\)", story), story
    assert story.count("\n") <= 40, story
    assert "offset had been that of m2" in bench.mqtrace("why", record, "m3").stdout


def unique_key_names_a_message(bench: Bench) -> None:
    record = bench.record("first_messages")
    key = re.search(r"^(\w{32}) m1$", record.read_text(), re.MULTILINE).group(1)
    assert bench.mqtrace("why", record, key).stdout == bench.mqtrace("why", record, "m1").stdout


def damage_names_the_line(bench: Bench) -> None:
    lines = bench.record("first_messages").read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if " disk.write " in line)
    lines[at] = lines[at].replace(" disk.write ", " disk.write x")
    damaged = bench.folder / "damaged.record"
    damaged.write_text("".join(lines))
    for command in (["draw", damaged], ["why", damaged, "m1"], ["harmed", damaged], ["summary", damaged]):
        done = bench.mqtrace(*command)
        assert done.returncode == 1, f"{command} ended with {done.returncode}"
        assert f"damaged.record:{at + 1}: expected a fact as a number, found `x" in done.stderr, done.stderr


def what_cannot_be_done_is_said(bench: Bench) -> None:
    record = bench.record("first_messages")
    for words, code, said in ((("why", record, "m99"), 2, "no message `m99`"),
                              (("draw", record, "--message", "m99"), 2, "no message `m99`"),
                              (("draw", record, "-o", "x.jpg"), 3, "ends in .svg, .png or .dot"),
                              (("draw", record, "-o", "nowhere/x.svg"), 3, "nowhere/x.svg"),
                              (("draw", bench.folder / "nothing"), 1, "cannot be read")):
        done = bench.mqtrace(*words)
        assert done.returncode == code, f"{words} ended with {done.returncode}: {done.stderr}"
        assert said in done.stderr, done.stderr


def sealed_run_is_recorded_as_an_open_one(bench: Bench) -> None:
    sealed, unsealed = bench.record("lost_message"), bench.record("lost_message", "--unsealed", name="open.record")
    assert sealed.read_bytes() == unsealed.read_bytes()


def what_cannot_be_said_is_a_failure(bench: Bench) -> None:
    for words in (("generate", "--seed", "5"), ("run", "--seeds", "300", "--hashes"), ("replay", CASES / "lost_message.txt")):
        with open("/dev/full", "w") as full:
            done = subprocess.run([bench.build / "mqsim", *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        assert done.returncode == 3, f"{words} ended with {done.returncode}"
        assert "the standard output cannot be written" in done.stderr, done.stderr


def numbers_are_whole(bench: Bench) -> None:
    for words in (("generate", "--seed", "-1"), ("run", "--seed", "18446744073709551616"), ("run", "--seeds", "0"),
                  ("run", "--seeds", "1e3"), ("run", "--seeds", "2", "--log"), ("run", "--seed", "1", "--seeds", "2")):
        done = subprocess.run([bench.build / "mqsim", *words], text=True, capture_output=True, timeout=60)
        assert done.returncode == 2, f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}"


CHECKS = (whole_run_is_drawn_as_svg, one_life_is_drawn_as_png_and_dot, loss_is_told, unique_key_names_a_message,
          damage_names_the_line, what_cannot_be_done_is_said, sealed_run_is_recorded_as_an_open_one,
          what_cannot_be_said_is_a_failure, numbers_are_whole)


def main() -> int:
    failed = 0
    for check in CHECKS:
        with tempfile.TemporaryDirectory(prefix="gantry-traces-") as folder:
            try:
                check(Bench(Path(sys.argv[1]), Path(folder)))
                print(f"ok     traces.{check.__name__}")
            except AssertionError as wrong:
                failed += 1
                print(f"FAILED traces.{check.__name__}: {wrong}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

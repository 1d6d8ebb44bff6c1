"""kill -9 of a broker under load: what it had acknowledged is there after the next start."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run import Suite


def run(suite: "Suite") -> None:
    namesrv, (broker,) = suite.cluster(suite.house, suite.house, ("broker-a",))
    acknowledged = f"-Dacknowledged={suite.folder / 'acknowledged.txt'}"
    load = suite.programs.java(namesrv.address, 1, ["load_until_refused"], acknowledged)
    suite.report.running.append(load)
    assert load.stdout is not None
    for line in load.stdout:
        if line.startswith("5000 acknowledged"):
            broker.kill()
            break
    suite.report.follow("kill_under_load", ["load_until_refused"], load)

    broker.start()
    # Some of it was in no file of the log.
    assert "bytes that the last process had in memory are put into the log" in broker.log.read_text(errors="replace")
    suite.report.follow("kill_under_load", ["read_back"],
                        suite.programs.java(namesrv.address, 1, ["read_back"], acknowledged))

"""Names that would leave the store's folder or fill it: refused wherever a request carries one."""
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bad_input.served import BROKER, NAMESRV, Served
from bad_input.serving import listing, pair
from bad_input.wire import Peer, Request

if TYPE_CHECKING:
    from run import Suite

EVIL = ["../../evil", "/evil", "a/b", "..", "a\0b", "e" * 300, " ", ""]
# A name that may be left out may be empty.
MAY_BE_EMPTY = {("UNREGISTER_CLIENT", "producerGroup"), ("UNREGISTER_CLIENT", "consumerGroup"),
                ("GET_CONSUME_STATS", "topic")}
CLIENT_IDS_MAY_BE = {"../../evil", "/evil", "a/b", ".."}  # no file is named after one

# Served or not, a request that carries a name.
UNSERVED = [
    Served("CONSUMER_SEND_MSG_BACK", 36, {"offset": "0", "group": "G", "delayLevel": "0", "originTopic": "T"}),
    Served("INVOKE_BROKER_TO_RESET_OFFSET", 222, {"topic": "T", "group": "G", "timestamp": "0", "isForce": "true"}),
    Served("QUERY_CONSUME_QUEUE", 321, {"topic": "T", "queueId": "0", "index": "0", "count": "1", "consumerGroup": "G"}),
]


def _requests(table: list[Served]) -> Iterator[tuple[str, Request]]:
    for of in table:
        for field in of.names():
            yield from ((f"{of.name} {field}={evil[:12]!r}", of.request(**{field: evil})) for evil in _bad(field)
                       if evil or (of.name, field) not in MAY_BE_EMPTY)
        for path in of.bodies:
            yield from ((f"{of.name} {path[-1]}={evil[:12]!r}", of.with_name_in_body(path, evil)) for evil in _bad(path[-1]))


def _bad(field: str) -> list[str]:
    if field not in ("clientID", "clientId"):
        return EVIL
    return [evil for evil in EVIL if evil not in CLIENT_IDS_MAY_BE]


def names_are_refused(suite: "Suite") -> str:
    serving, names = pair(suite, "names")
    store = Path(serving.config_file.parent) / "store-broker-a"
    outside = listing(suite.folder, store)
    accepted = []
    for node, table in ((serving, BROKER + UNSERVED), (names, NAMESRV)):
        cases = list(_requests(table))
        for binary in (False, True):
            with Peer(node.port) as peer:
                answers = peer.ask_all([request for _, request in cases], binary)
            accepted += [f"{what}: {answer.code} {answer.remark!r}" for (what, _), answer in zip(cases, answers, strict=True)
                         if answer.code == 0 or not answer.remark]
    if accepted:
        return f"{len(accepted)} are not refused: {accepted[:20]}"
    made = listing(suite.folder, store) - outside
    return f"made: {sorted(made)}" if made else _odd_files(store)


def _odd_files(store: Path) -> str:
    """Folders of topics and queues are named by topics and numbers, and no file mentions an evil name."""
    odd = [str(path) for path in (store / "consumequeue").rglob("*") if not re.fullmatch(r"[%|a-zA-Z0-9_-]{1,127}", path.name)]
    odd += [str(path) for path in (store / "config").glob("*.json") if "evil" in path.read_text()]
    return f"odd files: {odd}" if odd else ""


CASES = [names_are_refused]

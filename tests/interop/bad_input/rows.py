"""What did harm to Java's broker: the rows of the table of hostile input that this broker was written against, one case each."""
import json
import struct
from typing import TYPE_CHECKING

from bad_input.served import GROUP, PULL, SEND, SUBSCRIPTION
from bad_input.serving import Watch, create_topic, listing, pair
from bad_input.wire import Peer, Request
from nodes import GantryNode

if TYPE_CHECKING:
    from run import Suite

GOOD = 200
ANSWER_SECONDS = 1.0
SILENT_CLIENTS = 16


def _stored(port: int, upto: int) -> list[bytes]:
    """The bodies in queue 0, as one pull after another finds them."""
    found: list[bytes] = []
    offset = 0
    with Peer(port) as peer:
        while offset < upto:
            got = peer.ask(Request(11, PULL | {"queueOffset": str(offset)}))
            if got.code != 0:
                break
            found += _bodies(got.body)
            offset = int(got.fields["nextBeginOffset"])
    return found


def _bodies(records: bytes) -> list[bytes]:
    """Of records as they lie in the log, with IPv4 hosts."""
    found, at = [], 0
    while at < len(records):
        size = struct.unpack_from(">i", records, at)[0]
        length = struct.unpack_from(">i", records, at + 84)[0]
        found.append(records[at + 88:at + 88 + length])
        at += size
    return found


def sys_flag_of_a_client(suite: "Suite") -> str:
    """Whatever bits a send has: what is acknowledged is read, before and after kill -9, and so is all behind it."""
    serving, _ = pair(suite, "sys_flag")
    acknowledged = []
    with Peer(serving.port) as peer:
        for number in range(GOOD):
            odd = 1 << (number % 31) if number % 3 == 0 else 0x20 if number % 3 == 1 else 0
            body = f"body {number}".encode()
            if peer.ask(Request(10, SEND | {"sysFlag": str(odd)}, body)).code == 0:
                acknowledged.append(body)
    if len(acknowledged) < GOOD // 3:
        return f"only {len(acknowledged)} were taken"
    if _stored(serving.port, len(acknowledged)) != acknowledged:
        return "what was acknowledged cannot be read"
    serving.kill()
    serving.start()
    found = _stored(serving.port, len(acknowledged))
    return "" if found == acknowledged else f"after kill -9 {len(found)} of {len(acknowledged)} are readable"


def consumers_that_never_answer(suite: "Suite") -> str:
    """Requests that need an answer of a silent consumer hold nobody up: the others are answered within a second."""
    serving, _ = pair(suite, "silent")
    silent = [Peer(serving.port) for _ in range(SILENT_CLIENTS)]
    for number, peer in enumerate(silent):
        heartbeat = {"clientID": f"silent@{number}", "producerDataSet": [], "consumerDataSet": [
            {"groupName": GROUP, "consumeType": "CONSUME_PASSIVELY", "messageModel": "CLUSTERING",
             "consumeFromWhere": "CONSUME_FROM_LAST_OFFSET", "subscriptionDataSet": [SUBSCRIPTION], "unitMode": False}]}
        answer = peer.ask(Request(34, {}, json.dumps(heartbeat).encode()))
        if answer.code != 0:
            return f"a heartbeat was refused: {answer.remark}"
    waiting = Peer(serving.port)
    frames = b""
    for number in range(16 * SILENT_CLIENTS):
        client = f"silent@{number % SILENT_CLIENTS}"
        for code, fields in ((307, {"consumerGroup": GROUP, "clientId": client}),
                             (309, {"consumerGroup": GROUP, "clientId": client, "msgId": "0" * 32}),
                             (223, {"topic": "Hostile", "group": GROUP, "clientAddr": client})):
            frames += Request(code, fields).encoded(number, binary=False)
    waiting.send(frames)
    try:
        with Peer(serving.port, ANSWER_SECONDS) as admin:
            for request in (Request(28), Request(26), Request(203, {"consumerGroup": GROUP}), Request(21), Request(10, SEND, b"x")):
                answer = admin.ask(request)
                if answer.code != 0:
                    return f"request {request.code} was answered with {answer.code}: {answer.remark}"
    finally:
        for peer in (waiting, *silent):
            peer.socket.close()
    return ""


def _config(node: GantryNode) -> dict[str, str]:
    with Peer(node.port) as peer:
        body = peer.ask(Request(26)).body.decode()
    return dict(line.split("=", 1) for line in body.splitlines() if "=" in line)


def a_store_that_would_move(suite: "Suite") -> str:
    """UPDATE_BROKER_CONFIG changes what may change while a broker runs, all of a request or nothing of it."""
    serving, _ = pair(suite, "moving")
    store = serving.config_file.parent / "store-broker-a"
    before, files = _config(serving), listing(suite.folder, store)
    elsewhere = suite.folder / "elsewhere"
    bodies = [f"storePathRootDir={elsewhere}\n", f"shortPollingTimeMills=77\nstorePathRootDir={elsewhere}\n",
              f"storePathCommitLog={elsewhere}/commitlog\n", "listenPort=1\n", "brokerName=other\n", "configBlackList=\n"]
    with Peer(serving.port) as peer:
        for body in bodies:
            answer = peer.ask(Request(25, {}, body.encode()))
            if answer.code == 0 or not answer.remark:
                return f"{body!r} was answered with {answer.code}: {answer.remark}"
        if peer.ask(Request(10, SEND, b"x")).code != 0:
            return "a good message was not taken"
    if _config(serving) != before:
        return "the configuration changed"
    made = listing(suite.folder, store) - files
    return f"made: {sorted(made)}" if made or elsewhere.exists() else ""


def a_topic_of_very_many_queues(suite: "Suite") -> str:
    """Numbers that would make something large have bounds, wherever a request carries them."""
    serving, _ = pair(suite, "queues")
    watch = Watch(serving)
    for queues in ("2147483647", "1000000", "-1"):
        if not create_topic(serving.port, "Wide", queues):
            return f"a topic of {queues} queues was made"
    with Peer(serving.port) as peer:
        group = {"groupName": GROUP, "retryQueueNums": 2**31 - 1}
        if peer.ask(Request(200, {}, json.dumps(group).encode())).code == 0:
            return "a group with 2^31-1 retry queues was made"
        template = SEND | {"topic": "Narrow", "defaultTopicQueueNums": "2147483647"}
        if peer.ask(Request(10, template, b"x")).code == 0:
            table = json.loads(peer.ask(Request(21)).body)["topicConfigTable"]["Narrow"]
            if table["readQueueNums"] > 64 or table["writeQueueNums"] > 64:
                return f"a send made {table}"
        pull = PULL | {"maxMsgNums": "2147483647"}
        peer.ask(Request(11, pull))
        if peer.ask(Request(10, SEND, b"x")).code != 0:
            return "a good message was not taken"
    return watch.trouble(32)


CASES = [sys_flag_of_a_client, consumers_that_never_answer, a_store_that_would_move, a_topic_of_very_many_queues]

"""Requests that cost their sender little and a server much: bounded, so that a client beside them notices nothing."""
import json
import struct
import zlib
from typing import TYPE_CHECKING

from bad_input.bystander import Bystander
from bad_input.served import BROKER, GROUP, HEARTBEAT, NAMESRV, PULL, SEND_LETTERS
from bad_input.serving import Watch, pair
from bad_input.wire import Peer, Request

if TYPE_CHECKING:
    from run import Suite

FRAME = 15 << 20  # a frame has at most 16 MiB
TIMES = 5
CROWD = 20
CHEAP = 500
MEMBERS = 4000  # of one heartbeat, in 2 MiB
BEATS = 20
REGISTRATIONS = 12  # 60,000 topics in 10 MiB each
REGISTERED_MIB = 250


def _tags(size: int) -> str:
    """So many bytes of tags, all of them different."""
    return "||".join(f"{number:x}" for number in range(size // 8))


def _small_messages(size: int) -> bytes:
    one = struct.pack(">iiiii", 22 + 1, 0, 0, 0, 1) + b"x" + struct.pack(">h", 0)
    return one * (size // len(one))


def _to_the_broker() -> dict[str, Request]:
    many_groups = HEARTBEAT | {"producerDataSet": [{"groupName": f"G{number}"} for number in range(FRAME // 32)]}
    codes = HEARTBEAT["consumerDataSet"][0]["subscriptionDataSet"][0] | {"codeSet": list(range(FRAME // 10))}
    many_codes = HEARTBEAT | {"consumerDataSet": [HEARTBEAT["consumerDataSet"][0] | {"subscriptionDataSet": [codes]}]}
    return {
        "a pull for a million tags": Request(11, PULL | {"subscription": _tags(FRAME // 2)}),
        "a pull for a million messages": Request(11, PULL | {"maxMsgNums": "1000000"}),
        "a heartbeat of many groups": Request(34, {}, json.dumps(many_groups).encode()),
        "a heartbeat of many tags": Request(34, {}, json.dumps(many_codes).encode()),
        "a batch of many messages": Request(320, SEND_LETTERS | {"m": "true"}, _small_messages(FRAME)),
        "a batch of many messages that fit": Request(320, SEND_LETTERS | {"m": "true"}, _small_messages(4_000_000)),
        "a long configuration": Request(25, {}, b"shortPollingTimeMills=1000\n" * (FRAME // 27)),
        "a group of much": Request(200, {}, json.dumps({"groupName": GROUP, "x": "[" * (FRAME // 2)}).encode()),
        "deep JSON": Request(200, {}, b"[" * FRAME),
    }


def _to_the_namesrv() -> dict[str, Request]:
    register = next(of for of in NAMESRV if of.name == "REGISTER_BROKER")
    topics = {f"T{number}": {"topicName": f"T{number}", "readQueueNums": 4, "writeQueueNums": 4, "perm": 6}
              for number in range(100_000)}
    wide = json.dumps({"topicConfigSerializeWrapper": {"topicConfigTable": topics}}).encode()
    return {
        "a body that inflates": Request(103, register.fields | {"compressed": "true"}, zlib.compress(bytes(200 << 20))),
        "a body of spaces": Request(103, register.fields, b" " * FRAME),
        "a broker of many topics": Request(103, register.fields, wide[:FRAME]),
        "a long value": Request(100, {"namespace": "HOSTILE", "key": "k", "value": "v" * FRAME}),
        "a long configuration": Request(318, {}, b"orderMessageEnable=false\n" * (FRAME // 25)),
        "a long topic": Request(105, {"topic": "t" * FRAME}),
    }


def costly_requests(suite: "Suite") -> str:
    """Each is answered or its connection closed, several times over."""
    serving, names = pair(suite, "costly")
    watch = Watch(serving, names)
    requests = [(serving.port, _to_the_broker()), (names.port, _to_the_namesrv())]
    bystander = Bystander(serving, names)
    silent = []
    for port, by_name in requests:
        for what, request in by_name.items():
            try:
                with Peer(port) as peer:
                    for _ in range(TIMES):
                        peer.ask(request, binary=True)
            except TimeoutError:
                silent.append(what)
            except ConnectionError:
                pass  # too much for a frame: closed
    return "; ".join(filter(None, (f"no answer to {silent}" if silent else "", bystander.trouble(), watch.trouble(300))))


def a_crowd_that_pipelines(suite: "Suite") -> str:
    """Many connections with hundreds of requests in each write: one of them that asks for little is not the last."""
    serving, names = pair(suite, "crowd")
    bystander = Bystander(serving, names)
    table = {of.code: of.request() for of in BROKER}
    flood = [table[code] for code in (28, 21, 26, 201, 43)] * (CHEAP // 5)
    frames = b"".join(request.encoded(number, binary=False) for number, request in enumerate(flood))
    peers = [Peer(serving.port) for _ in range(CROWD)]
    for peer in peers:
        peer.send(frames)
    for peer in peers:
        peer.socket.shutdown(1)
        if not peer.closed():
            return "a connection stays open behind its end"
        peer.socket.close()
    return bystander.trouble()


def _heartbeat_of_many(client: str) -> Request:
    """Groups that nobody else has, with names too long for a retry topic."""
    consumer = HEARTBEAT["consumerDataSet"][0]
    groups = [consumer | {"groupName": f"{client}_{number}_".ljust(240, "G")} for number in range(MEMBERS)]
    return Request(34, {}, json.dumps({"clientID": client, "consumerDataSet": groups, "producerDataSet": []}).encode())


def heartbeats_of_ever_new_members(suite: "Suite") -> str:
    """One connection, each time another client id and other groups: bounded, refused, and cheap to close."""
    serving, names = pair(suite, "members")
    watch = Watch(serving, names)
    bystander = Bystander(serving, names)
    for crowd in range(2):
        with Peer(serving.port) as peer:
            answers = [peer.ask(_heartbeat_of_many(f"c{crowd}_{beat}")) for beat in range(BEATS)]
        if answers[0].code != 0:
            return f"the first heartbeat was answered with {answers[0].code}: {answers[0].remark}"
        if any(answer.code != 1 or "as it can keep" not in answer.remark for answer in answers[1:]):
            return f"the others were answered with {[answer.code for answer in answers[1:]]}"
    return "; ".join(filter(None, (bystander.trouble(), watch.trouble())))


def _registration_of_many(number: int) -> Request:
    register = next(of for of in NAMESRV if of.name == "REGISTER_BROKER")
    queues = {"readQueueNums": 4, "writeQueueNums": 4, "perm": 6}
    topics = {str(topic): queues | {"topicName": f"T{number}_{topic}_".ljust(100, "T")} for topic in range(60_000)}
    body = {"topicConfigSerializeWrapper": {"topicConfigTable": topics, "dataVersion": {"counter": 1, "timestamp": 1}}}
    made_up = {"brokerName": f"made-up-{number}", "brokerAddr": f"127.0.0.1:{20_000 + number}"}
    return Request(103, register.fields | made_up, json.dumps(body).encode())


def registrations_of_ever_new_brokers(suite: "Suite") -> str:
    """Made-up brokers with topics that nobody else has: bounded, refused, and lists that fit no frame are refused, too."""
    serving, names = pair(suite, "registrations")
    watch = Watch(serving, names)
    bystander = Bystander(serving, names)
    with Peer(names.port) as peer:
        codes = [peer.ask(_registration_of_many(number)).code for number in range(REGISTRATIONS)]
        if codes[0] != 0 or codes[-1] != 1:
            return f"the registrations were answered with {codes}"
        listed = peer.ask(Request(206, {}))
        if listed.code != 1 or "frame" not in listed.remark:
            return f"the list of all topics was answered with {listed.code}: {listed.remark}"
    return "; ".join(filter(None, (bystander.trouble(), watch.trouble(REGISTERED_MIB))))


CASES = [costly_requests, a_crowd_that_pipelines, heartbeats_of_ever_new_members, registrations_of_ever_new_brokers]

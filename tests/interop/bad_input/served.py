"""Every request that the servers of this tree answer: its code, good fields and a good body.

A request that is added to a server has to be added here: bad_input.every_served_code_is_known tells.
"""
import json
import struct
from dataclasses import dataclass, field

from bad_input.wire import Request

TOPIC, GROUP, CLIENT = "Hostile", "GID_Hostile", "127.0.0.1@4711"
NAMES = {  # the fields that hold names, however a request calls them
    "topic", "originTopic", "consumerGroup", "producerGroup", "group", "groupName", "srcGroup", "destGroup",
    "compareGroup", "clientID", "clientId",
}
LETTERS = {"a", "b"}  # producer group and topic of a send whose fields are letters


@dataclass(frozen=True)
class Served:
    name: str
    code: int
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    letters: bool = False
    bodies: tuple[tuple[str, ...], ...] = ()  # paths to names in the body's JSON

    def request(self, **changed: str) -> Request:
        return Request(self.code, self.fields | changed, self.body)

    def names(self) -> list[str]:
        return [name for name in self.fields if name in (LETTERS if self.letters else NAMES)]

    def with_name_in_body(self, path: tuple[str, ...], name: str) -> Request:
        body = json.loads(self.body)
        at = body
        for step in path[:-1]:
            at = at[int(step)] if isinstance(at, list) else at[step]
        at[path[-1]] = name
        return Request(self.code, self.fields, json.dumps(body).encode())


def _json(what: object) -> bytes:
    return json.dumps(what).encode()


def _batch(*bodies: bytes) -> bytes:
    """The body of SEND_BATCH_MESSAGE: size, magic, crc, flag, body, properties, one after another."""
    out = b""
    for body in bodies:
        rest = struct.pack(">iii", 0, 0, 0) + struct.pack(">i", len(body)) + body + struct.pack(">h", 0)
        out += struct.pack(">i", 4 + len(rest)) + rest
    return out


SEND = {"producerGroup": GROUP, "topic": TOPIC, "defaultTopic": "TBW102", "defaultTopicQueueNums": "4", "queueId": "0",
        "sysFlag": "0", "bornTimestamp": "1700000000000", "flag": "0", "properties": "TAGS\x01a\x02", "reconsumeTimes": "0",
        "unitMode": "false", "maxReconsumeTimes": "16", "batch": "false"}
SEND_LETTERS = dict(zip("abcdefghijklm", SEND.values(), strict=True))
QUEUE = {"topic": TOPIC, "queueId": "0"}
PULL = {"consumerGroup": GROUP, "topic": TOPIC, "queueId": "0", "queueOffset": "0", "maxMsgNums": "32", "sysFlag": "4",
        "commitOffset": "0", "suspendTimeoutMillis": "0", "subscription": "*", "subVersion": "0", "expressionType": "TAG"}
SUBSCRIPTION = {"topic": TOPIC, "subString": "*", "tagsSet": [], "codeSet": [], "subVersion": 1, "classFilterMode": False,
                "expressionType": "TAG"}
HEARTBEAT = {"clientID": CLIENT, "producerDataSet": [{"groupName": GROUP}], "consumerDataSet": [
    {"groupName": GROUP, "consumeType": "CONSUME_PASSIVELY", "messageModel": "CLUSTERING",
     "consumeFromWhere": "CONSUME_FROM_LAST_OFFSET", "subscriptionDataSet": [SUBSCRIPTION], "unitMode": False}]}
GROUP_CONFIG = {"groupName": GROUP, "consumeEnable": True, "consumeFromMinEnable": True, "consumeBroadcastEnable": True,
                "retryQueueNums": 1, "retryMaxTimes": 16, "brokerId": 0, "whichBrokerWhenConsumeSlowly": 1,
                "notifyConsumerIdsChangedEnable": True}
CREATE_TOPIC = {"topic": TOPIC, "defaultTopic": "TBW102", "readQueueNums": "4", "writeQueueNums": "4", "perm": "6",
                "topicFilterType": "SINGLE_TAG", "topicSysFlag": "0", "order": "false"}

BROKER = [
    Served("SEND_MESSAGE", 10, SEND, b"hello"),
    Served("PULL_MESSAGE", 11, PULL),
    Served("QUERY_CONSUMER_OFFSET", 14, QUEUE | {"consumerGroup": GROUP}),
    Served("UPDATE_CONSUMER_OFFSET", 15, QUEUE | {"consumerGroup": GROUP, "commitOffset": "1"}),
    Served("UPDATE_AND_CREATE_TOPIC", 17, CREATE_TOPIC),
    Served("GET_ALL_TOPIC_CONFIG", 21),
    Served("UPDATE_BROKER_CONFIG", 25, {}, b"shortPollingTimeMills=1000\n"),
    Served("GET_BROKER_CONFIG", 26),
    Served("GET_BROKER_RUNTIME_INFO", 28),
    Served("SEARCH_OFFSET_BY_TIMESTAMP", 29, QUEUE | {"timestamp": "1700000000000"}),
    Served("GET_MAX_OFFSET", 30, QUEUE),
    Served("GET_MIN_OFFSET", 31, QUEUE),
    Served("GET_EARLIEST_MSG_STORETIME", 32, QUEUE),
    Served("VIEW_MESSAGE_BY_ID", 33, {"offset": "0"}),
    Served("HEART_BEAT", 34, {}, _json(HEARTBEAT), bodies=(
        ("clientID",), ("producerDataSet", "0", "groupName"), ("consumerDataSet", "0", "groupName"),
        ("consumerDataSet", "0", "subscriptionDataSet", "0", "topic"))),
    Served("UNREGISTER_CLIENT", 35, {"clientID": CLIENT, "producerGroup": GROUP, "consumerGroup": GROUP}),
    Served("GET_CONSUMER_LIST_BY_GROUP", 38, {"consumerGroup": GROUP}),
    Served("GET_ALL_CONSUMER_OFFSET", 43),
    Served("CHECK_CLIENT_CONFIG", 46, {}, _json({"clientId": CLIENT, "group": GROUP, "subscriptionData": SUBSCRIPTION,
                                                 "namespace": ""})),
    Served("UPDATE_AND_CREATE_SUBSCRIPTIONGROUP", 200, {}, _json(GROUP_CONFIG), bodies=(("groupName",),)),
    Served("GET_ALL_SUBSCRIPTIONGROUP_CONFIG", 201),
    Served("GET_TOPIC_STATS_INFO", 202, {"topic": TOPIC}),
    Served("GET_CONSUMER_CONNECTION_LIST", 203, {"consumerGroup": GROUP}),
    Served("GET_PRODUCER_CONNECTION_LIST", 204, {"producerGroup": GROUP}),
    Served("DELETE_SUBSCRIPTIONGROUP", 207, {"groupName": "GID_Doomed", "removeOffset": "true"}),
    Served("GET_CONSUME_STATS", 208, {"consumerGroup": GROUP, "topic": TOPIC}),
    Served("DELETE_TOPIC_IN_BROKER", 215, {"topic": "Doomed"}),
    Served("QUERY_TOPIC_CONSUME_BY_WHO", 300, {"topic": TOPIC}),
    Served("GET_SYSTEM_TOPIC_LIST_FROM_BROKER", 305),
    Served("SEND_MESSAGE_V2", 310, SEND_LETTERS, b"hello", letters=True),
    Served("SEND_BATCH_MESSAGE", 320, SEND_LETTERS | {"m": "true"}, _batch(b"one", b"two"), letters=True),
    Served("LITE_PULL_MESSAGE", 361, PULL),
]

_BROKER_ID = {"brokerName": "hostile", "brokerAddr": "127.0.0.1:1", "clusterName": "Hostile", "brokerId": "0"}
_VERSION = {"timestamp": 1700000000000, "counter": 1}
_TOPIC_CONFIG = {"topicName": TOPIC, "readQueueNums": 4, "writeQueueNums": 4, "perm": 6, "topicFilterType": "SINGLE_TAG",
                 "topicSysFlag": 0, "order": False}
_KV = {"namespace": "HOSTILE", "key": "key"}

NAMESRV = [
    Served("PUT_KV_CONFIG", 100, _KV | {"value": "value"}),
    Served("GET_KV_CONFIG", 101, _KV),
    Served("DELETE_KV_CONFIG", 102, _KV),
    Served("REGISTER_BROKER", 103, _BROKER_ID | {"haServerAddr": "127.0.0.1:2", "compressed": "false", "bodyCrc32": "0"},
           _json({"topicConfigSerializeWrapper": {"topicConfigTable": {TOPIC: _TOPIC_CONFIG}, "dataVersion": _VERSION},
                  "filterServerList": []})),
    Served("UNREGISTER_BROKER", 104, _BROKER_ID),
    Served("GET_ROUTEINFO_BY_TOPIC", 105, {"topic": TOPIC, "acceptStandardJsonOnly": "true"}),
    Served("GET_BROKER_CLUSTER_INFO", 106),
    Served("WIPE_WRITE_PERM_OF_BROKER", 205, {"brokerName": "hostile"}),
    Served("GET_ALL_TOPIC_LIST_FROM_NAMESERVER", 206),
    Served("DELETE_TOPIC_IN_NAMESRV", 216, {"topic": "Doomed"}),
    Served("GET_KVLIST_BY_NAMESPACE", 219, {"namespace": "HOSTILE"}),
    Served("GET_TOPICS_BY_CLUSTER", 224, {"cluster": "Hostile"}),
    Served("GET_SYSTEM_TOPIC_LIST_FROM_NS", 304),
    Served("GET_UNIT_TOPIC_LIST", 311),
    Served("GET_HAS_UNIT_SUB_TOPIC_LIST", 312),
    Served("GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST", 313),
    Served("UPDATE_NAMESRV_CONFIG", 318, {}, b"orderMessageEnable=false\n"),
    Served("GET_NAMESRV_CONFIG", 319),
    Served("QUERY_DATA_VERSION", 322, _BROKER_ID, _json(_VERSION)),
    Served("ADD_WRITE_PERM_OF_BROKER", 327, {"brokerName": "hostile"}),
]

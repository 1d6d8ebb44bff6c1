"""What is asked of which client: the rows and columns of docs/interop.md, and the cases of the suites."""
from dataclasses import dataclass

SENDING = {
    "send_sync": "send, synchronous",
    "send_makes_topic": "the first send makes the topic",
    "send_async": "send, asynchronous",
    "send_one_way": "send, one-way",
    "send_batch": "send a batch",
    "send_with_selector": "send with a selector; one order stays in one queue",
    "send_to_queue": "send to a chosen queue",
}
CONSUMING = {
    "consume_concurrently": "push consumer; the group goes on where it stopped",
    "consume_clustering": "push consumer, clustering: two members share the queues",
    "consume_broadcasting": "push consumer, broadcasting: each member gets all",
    "consume_join_and_leave": "members join and leave during the traffic; every message is seen",
    "consume_tag_expression": "tag expression",
    "start_at_first": "a new group starts at the first message",
    "start_at_last": "a new group starts after the last message",
    "start_at_timestamp": "a new group starts at a time",
    "pull_consumer": "pull consumer: pages, tags, bounds, a held pull, offsets",
}
LITE = {
    "lite_pull_subscribe": "lite pull consumer, subscribed; goes on after its commit",
    "lite_pull_assign": "lite pull consumer, queues assigned, from a sought offset",
}
LIMITS = {
    "message_of_4_mb": "a message of 4 MB comes back whole",
    "message_too_large": "a larger one is refused with MESSAGE_ILLEGAL",
    "unknown_topic": "an unknown topic is refused when topics are not made by sends",
}
BULK = {"consume_100000_bodies_by_hash": "100,000 messages, each body checked by its hash"}
FEATURES = SENDING | CONSUMING | LITE | LIMITS | BULK
BASIC = [*SENDING, *CONSUMING, *LIMITS]


@dataclass(frozen=True)
class Client:
    """A column: its title, the suite that fills it, and what is asked of it."""
    title: str
    suite: str
    cases: list[str]


CLIENTS = [
    Client("Java 4.5.2", "java_4_5_2", BASIC),
    Client("Java 4.9.7", "java_4_9_7", [*BASIC, *LITE, *BULK]),
    Client("Java 5.3.3", "java_5_3_3", [*BASIC, *LITE]),
    Client("Go 2.1.2", "go_client", ["send_sync", "send_makes_topic", "send_async", "send_one_way", "send_batch",
                                     "consume_concurrently", "consume_tag_expression"]),
    Client("Node ali-ons 3.12.0", "node_client", ["send_sync", "consume_concurrently", "consume_tag_expression"]),
    Client("Gantry C++", "cxx_client_our_broker", ["send_sync", "send_makes_topic", "consume_concurrently"]),
]
CASES = {client.suite: client.cases for client in CLIENTS}

NOT_THERE = {("Java 4.5.2", case): "the lite pull consumer came with 4.6.0" for case in LITE} | {
    ("Node ali-ons 3.12.0", "send_makes_topic"): "this client sends only to topics that exist"}
NOT_ASKED = "not asked of this client"

MQADMIN = {
    "clusterList": "each broker with its id, address and version; the totals of `-m`",
    "topicList": "a new topic, the brokers' own ones; the cluster with `-c`",
    "topicRoute": "queues, permission, address of each broker",
    "topicStatus": "first and next offset and last update of each queue",
    "updateTopic": "on one broker, then on all of a cluster; the route follows",
    "deleteTopic": "gone from brokers and NameServer",
    "brokerStatus": "one broker and all of a cluster; the log has a size",
    "getBrokerConfig": "what the file said and what is default; all of a cluster",
    "updateBrokerConfig": "one broker, then a cluster; shown afterwards; brokerPermission reaches the route",
    "consumerProgress": "all groups; one group's offsets and its lag",
    "consumerConnection": "members, subscription, model; an error for a group that nobody is in",
    "producerConnection": "the producer with address, language, version",
    "sendMessage": "anywhere, and to one queue, with key and tag; read back",
    "consumeMessage": "from an offset; a whole topic",
    "queryMsgByOffset": "all that a message carries, and its body",
    "updateKvConfig": "new, and changed",
    "deleteKvConfig": "that key and no other",
    "wipeWritePerm": "no client sends there any more",
    "addWritePerm": "clients send there again",
}

MIXED = {
    "java_broker_with_our_namesrv.route_send_consume": ("Java 4.9.7", "Java 4.9.7", "Gantry"),
    "our_broker_with_java_namesrv.route_send_consume": ("Java 4.9.7", "Gantry", "Java 4.9.7"),
    "cxx_client_java_broker.send_sync": ("Gantry C++, sending", "Java 4.9.7", "Java 4.9.7"),
    "cxx_client_java_broker.consume_concurrently": ("Gantry C++, consuming", "Java 4.9.7", "Java 4.9.7"),
}

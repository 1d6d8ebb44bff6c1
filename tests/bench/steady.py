"""The case by which the simulator's speed is measured: a quiet cluster under a steady load, always the same."""

SECONDS = 600
MESSAGES_PER_SECOND = 20
PRODUCERS = CONSUMERS = 4


def steady_case() -> str:
    """2 NameServers, 2 masters, 4 producers, 4 consumers of one group, 20 messages a second, no faults."""
    lines = ["gantry-case 1", "noise 1", "namesrv n1", "namesrv n2", "broker broker-a", "broker broker-b",
             "topic TopicTest 4"]
    lines += [f"producer p{i + 1}" for i in range(PRODUCERS)]
    lines += [f"consumer c{i + 1} CG1 TopicTest" for i in range(CONSUMERS)]
    gap = 1000 // MESSAGES_PER_SECOND
    for i in range(SECONDS * MESSAGES_PER_SECOND):
        lines.append(f"send {1000 + i * gap} p{i % PRODUCERS + 1} TopicTest m{i} 200")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(steady_case(), end="")

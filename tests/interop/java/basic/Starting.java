import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Where a group starts that nobody knows. Against a broker whose memory holds no old messages: a new group always
 * starts at the beginning of a queue that is still in memory.
 */
final class Starting {
    private static final int PER_QUEUE = 5;

    /** Sends the same number to each queue, the last ones marked with `last`. */
    private static Set<String> sendEverywhere(Cluster cluster, String topic, String prefix) throws Exception {
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < PER_QUEUE; i++) {
            for (MessageQueue queue : cluster.queuesOf(topic)) {
                String body = prefix + " " + queue.getQueueId() + (i + 1 == PER_QUEUE ? " last" : " " + i);
                cluster.producer().send(new Message(topic, body.getBytes()), queue);
                sent.add(body);
            }
        }
        return sent;
    }

    static void first(Cluster cluster) throws Exception {
        try (Cluster forgetful = Limits.strict()) {
            String topic = forgetful.newTopic("First", 4);
            Set<String> sent = sendEverywhere(forgetful, topic, "old");
            try (Cluster.Member member = forgetful.join(Cluster.fresh("first"), topic)) {
                Cluster.await(60, () -> member.received.size() >= sent.size(), () -> member.received.size() + " came");
                Cluster.equal(sent, member.bodies(), "what came");
            }
        }
    }

    static void last(Cluster cluster) throws Exception {
        try (Cluster forgetful = Limits.strict()) {
            String topic = forgetful.newTopic("Last", 4);
            sendEverywhere(forgetful, topic, "old");
            try (Cluster.Member member = forgetful.new Member(Cluster.fresh("last"), topic, "*",
                consumer -> consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET))) {
                // A queue is held from when its first offset is known.
                Cluster.await(60, () -> member.queues(topic) == 4, () -> member.queues(topic) + " queues are held");
                Set<String> sent = sendEverywhere(forgetful, topic, "new");
                Cluster.await(60, () -> member.received.size() >= sent.size(), () -> member.received.size() + " came");
                Cluster.equal(sent, member.bodies(), "what came");
            }
        }
    }

    /** Of the older messages of a queue the last one may come: the search takes what is nearer in time. */
    static void timestamp(Cluster cluster) throws Exception {
        try (Cluster forgetful = Limits.strict()) {
            String topic = forgetful.newTopic("Timestamp", 4);
            Set<String> allowed = new TreeSet<>(sendEverywhere(forgetful, topic, "old"));
            allowed.removeIf(body -> !body.endsWith("last"));
            Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1); // the client knows seconds only
            Cluster.await(5, () -> Instant.now().isAfter(start), () -> "the clock stands still");
            Set<String> sent = sendEverywhere(forgetful, topic, "new");
            allowed.addAll(sent);
            String text = DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneId.systemDefault()).format(start);
            try (Cluster.Member member = forgetful.new Member(Cluster.fresh("timestamp"), topic, "*", consumer -> {
                consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_TIMESTAMP);
                consumer.setConsumeTimestamp(text);
            })) {
                Cluster.await(60, () -> member.bodies().containsAll(sent), () -> "only came " + member.bodies());
                Cluster.check(allowed.containsAll(member.bodies()), "too old: " + member.bodies());
            }
        }
    }
}

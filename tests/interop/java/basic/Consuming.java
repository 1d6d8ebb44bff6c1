import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.protocol.heartbeat.MessageModel;

/** Push consumers: who gets what. */
final class Consuming {
    private static Set<String> send(Cluster cluster, String topic, String prefix, int count) throws Exception {
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            String body = prefix + " " + i;
            Cluster.equal(SendStatus.SEND_OK, cluster.producer().send(new Message(topic, body.getBytes())).getSendStatus(), "send");
            sent.add(body);
        }
        return sent;
    }

    /** Two members share the queues and split the messages; when one leaves, the other takes all. */
    static void clustering(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Clustering", 4);
        String group = Cluster.fresh("clustering");
        int queues = 4 * cluster.masters().size();
        try (Cluster.Member stays = cluster.join(group, topic); Cluster.Member leaves = cluster.join(group, topic)) {
            Cluster.await(60, () -> stays.queues(topic) == queues / 2 && leaves.queues(topic) == queues / 2,
                () -> "shares are " + stays.queues(topic) + " and " + leaves.queues(topic) + " of " + queues);
            Set<String> sent = send(cluster, topic, "shared", 200);
            Cluster.await(30, () -> stays.received.size() + leaves.received.size() >= sent.size(),
                () -> stays.received.size() + " + " + leaves.received.size() + " of " + sent.size() + " came");
            Set<String> both = new TreeSet<>(stays.bodies());
            both.addAll(leaves.bodies());
            Cluster.equal(sent, both, "what both got");
            Cluster.equal(sent.size(), stays.received.size() + leaves.received.size(), "each message once");
            Cluster.check(!stays.received.isEmpty() && !leaves.received.isEmpty(), "one member got nothing");

            leaves.close();
            stays.received.clear();
            Cluster.await(60, () -> stays.queues(topic) == queues, () -> "has " + stays.queues(topic) + " of " + queues);
            Set<String> alone = send(cluster, topic, "alone", 200);
            Cluster.await(30, () -> stays.bodies().equals(alone), () -> stays.received.size() + " of 200 came");
        }
    }

    static void broadcasting(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Broadcasting", 4);
        String group = Cluster.fresh("broadcasting");
        try (Cluster.Member one = cluster.new Member(group, topic, "*", MessageModel.BROADCASTING);
             Cluster.Member two = cluster.new Member(group, topic, "*", MessageModel.BROADCASTING)) {
            Set<String> sent = send(cluster, topic, "to everybody", 100);
            Cluster.await(60, () -> one.received.size() >= 100 && two.received.size() >= 100,
                () -> one.received.size() + " and " + two.received.size() + " of 100 came");
            Cluster.equal(sent, one.bodies(), "what the first got");
            Cluster.equal(sent, two.bodies(), "what the second got");
        }
    }

    /** Every queue gets wanted and unwanted tags, and at last a wanted one: then nothing can come later. */
    static void tags(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Tags", 2);
        List<MessageQueue> queues = cluster.producer().fetchPublishMessageQueues(topic);
        Set<String> wanted = new TreeSet<>();
        for (MessageQueue queue : queues) {
            for (String tag : new String[] {"TagA", "TagB", "", "TagC", "TagB", "TagA"}) {
                String body = tag + " " + queue.getBrokerName() + " " + queue.getQueueId() + " " + wanted.size();
                cluster.producer().send(new Message(topic, tag, body.getBytes()), queue);
                if (tag.equals("TagA") || tag.equals("TagC")) wanted.add(body);
            }
        }
        try (Cluster.Member member = cluster.new Member(Cluster.fresh("tags"), topic, "TagA || TagC", MessageModel.CLUSTERING)) {
            Cluster.await(60, () -> member.received.size() >= wanted.size(),
                () -> member.received.size() + " of " + wanted.size() + " came");
            Cluster.equal(wanted, member.bodies(), "what passed the filter");
        }
    }

    private static final int BULK = 100_000;
    private static final int SENDERS = 16;

    /** Random bytes of 16 to 1,024, begun by their ordinal; the hash travels as a property. */
    private static Message bulkMessage(String topic, int ordinal) throws Exception {
        Random random = new Random(ordinal);
        byte[] body = new byte[16 + random.nextInt(1009)];
        random.nextBytes(body);
        ByteBuffer.wrap(body).putInt(ordinal);
        Message message = new Message(topic, body);
        message.putUserProperty("sha256", sha256(body));
        return message;
    }

    private static String sha256(byte[] body) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    }

    static void bulk(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Bulk", 8);
        try (Cluster.Member member = cluster.join(Cluster.fresh("bulk"), topic)) {
            ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
            List<Future<?>> running = new ArrayList<>();
            for (int s = 0; s < SENDERS; s++) {
                int first = s;
                running.add(senders.submit(() -> {
                    for (int i = first; i < BULK; i += SENDERS) {
                        Cluster.equal(SendStatus.SEND_OK, cluster.producer().send(bulkMessage(topic, i)).getSendStatus(), "send");
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) each.get();
            senders.shutdown();
            Cluster.await(60, () -> member.received.size() >= BULK, () -> member.received.size() + " of " + BULK + " came");
            BitSet seen = new BitSet(BULK);
            for (MessageExt each : member.received) {
                Cluster.equal(each.getUserProperty("sha256"), sha256(each.getBody()), "hash of a body");
                seen.set(ByteBuffer.wrap(each.getBody()).getInt());
            }
            Cluster.equal(BULK, seen.cardinality(), "different messages");
        }
    }
}

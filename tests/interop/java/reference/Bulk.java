import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** Many messages, each body proven by its hash. */
final class Bulk {
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

    static void byHash(Cluster cluster) throws Exception {
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

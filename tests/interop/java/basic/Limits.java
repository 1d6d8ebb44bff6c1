import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** What a broker takes and what it refuses, and how it says so. */
final class Limits {
    private static final int MB = 1 << 20;
    /** maxMessageSize is 4 MiB, of the body or of all that is stored: brokers differ. */
    private static final int LARGEST = 4 * MB - 1024;
    private static final int MESSAGE_ILLEGAL = 13;
    private static final int TOPIC_NOT_EXIST = 17;

    interface Attempt {
        void run() throws Exception;
    }

    /** The second cluster: one broker that makes no topics by itself and holds no old messages in memory. */
    static Cluster strict() throws Exception {
        return new Cluster(System.getProperty("strict"), 1);
    }

    private static Message message(String topic, int bytes) {
        byte[] body = new byte[bytes];
        new Random(bytes).nextBytes(body);
        return new Message(topic, body);
    }

    /** A producer that refuses nothing by itself, and compresses nothing, which would make noise longer. */
    private static DefaultMQProducer bold(Cluster cluster) throws Exception {
        DefaultMQProducer made = cluster.newProducer(Cluster.fresh("bold"));
        made.setMaxMessageSize(16 * MB);
        made.setCompressMsgBodyOverHowmuch(16 * MB);
        made.setRetryTimesWhenSendFailed(0);
        return made;
    }

    static void largest(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Largest", 1);
        Message sent = message(topic, LARGEST);
        DefaultMQProducer bold = bold(cluster);
        try {
            Cluster.equal(SendStatus.SEND_OK, bold.send(sent).getSendStatus(), "send");
        } finally {
            bold.shutdown();
        }
        List<MessageExt> got = cluster.readAll(topic, 1);
        Cluster.check(Arrays.equals(sent.getBody(), got.get(0).getBody()), "another body came back");
    }

    static void tooLarge(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("TooLarge", 1);
        DefaultMQProducer bold = bold(cluster);
        try {
            refused(MESSAGE_ILLEGAL, () -> bold.send(message(topic, 4 * MB + 1)));
            // The connection lives, and nothing was stored.
            Cluster.equal(0L, bold.send(message(topic, 10), cluster.queuesOf(topic).get(0)).getQueueOffset(), "offset");
        } finally {
            bold.shutdown();
        }
    }

    static void unknownTopic(Cluster cluster) throws Exception {
        try (Cluster strict = strict()) {
            String unknown = Cluster.fresh("Unknown");
            try {
                strict.producer().send(message(unknown, 10));
                throw new AssertionError("a topic that nobody made took a message");
            } catch (MQClientException e) {
                Cluster.check(e.getErrorMessage().startsWith("No route info of this topic"), e.getErrorMessage());
            }
            // Past the NameServer: straight to a broker that the producer knows by another topic.
            String known = strict.newTopic("Known", 1);
            strict.producer().send(message(known, 10));
            MessageQueue queue = strict.queuesOf(known).get(0);
            refused(TOPIC_NOT_EXIST, () ->
                strict.producer().send(message(unknown, 10), new MessageQueue(unknown, queue.getBrokerName(), 0)));
            Cluster.equal(0L, strict.brokersOf(unknown), "brokers with the topic");
        }
    }

    private static void refused(int code, Attempt attempt) throws Exception {
        try {
            attempt.run();
        } catch (MQBrokerException e) {
            Cluster.equal(code, e.getResponseCode(), "code of " + e.getErrorMessage());
            Cluster.check(!e.getErrorMessage().isBlank(), "the broker says nothing");
            return;
        }
        throw new AssertionError("was not refused with " + code);
    }
}

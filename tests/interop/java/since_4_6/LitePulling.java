import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** The consumer that polls what its own threads have pulled. */
final class LitePulling {
    private static final int QUEUES = 2;

    private static DefaultLitePullConsumer consumer(Cluster cluster, String group) {
        DefaultLitePullConsumer made = new DefaultLitePullConsumer(group);
        made.setNamesrvAddr(cluster.namesrv);
        made.setInstanceName(Cluster.fresh("lite"));
        made.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        made.setAutoCommit(false);
        return made;
    }

    /** Polls until as many messages came as wanted; their bodies must be these. */
    private static void expect(DefaultLitePullConsumer consumer, Set<String> wanted) throws Exception {
        List<MessageExt> got = new ArrayList<>();
        Cluster.await(60, () -> {
            got.addAll(consumer.poll(100));
            return got.size() >= wanted.size();
        }, () -> got.size() + " of " + wanted.size() + " came");
        Set<String> bodies = new TreeSet<>();
        got.forEach(message -> bodies.add(new String(message.getBody())));
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(bodies);
        Set<String> strange = new TreeSet<>(bodies);
        strange.removeAll(wanted);
        Cluster.equal("", missing.isEmpty() ? "" : missing + " instead of which came " + strange, "what was not polled");
        Cluster.equal(wanted.size(), got.size(), "each message once");
    }

    /** The group shares the queues by itself, and goes on behind what it committed. */
    static void subscribe(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("LiteSubscribe", QUEUES);
        String group = Cluster.fresh("lite");
        for (String visit : List.of("first", "second")) {
            Set<String> sent = cluster.send(topic, visit, 100);
            DefaultLitePullConsumer consumer = consumer(cluster, group);
            consumer.subscribe(topic, "*");
            consumer.start();
            try {
                expect(consumer, sent);
                consumer.commitSync();
            } finally {
                consumer.shutdown();
            }
        }
    }

    /** Chosen queues, from a chosen offset, and what the broker keeps of a commit. */
    static void assign(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("LiteAssign", QUEUES);
        DefaultLitePullConsumer consumer = consumer(cluster, Cluster.fresh("lite"));
        consumer.start();
        try {
            Collection<MessageQueue> queues = consumer.fetchMessageQueues(topic);
            Cluster.equal(QUEUES * cluster.masters, queues.size(), "queues");
            Set<String> wanted = new TreeSet<>();
            for (MessageQueue queue : queues) {
                for (int i = 0; i < 20; i++) {
                    String body = queue.getBrokerName() + " " + queue.getQueueId() + " " + i;
                    cluster.producer().send(new Message(topic, body.getBytes()), queue);
                    if (i >= 5) wanted.add(body);
                }
            }
            consumer.assign(queues);
            // Paused: a pull that is under way while the client seeks may deliver from where it began.
            consumer.pause(queues);
            for (MessageQueue queue : queues) consumer.seek(queue, 5);
            consumer.resume(queues);
            expect(consumer, wanted);
            consumer.commitSync();
            for (MessageQueue queue : queues) {
                Cluster.await(30, () -> committed(consumer, queue) == 20, () -> "committed is " + committed(consumer, queue));
            }
        } finally {
            consumer.shutdown();
        }
    }

    private static long committed(DefaultLitePullConsumer consumer, MessageQueue queue) {
        try {
            Long offset = consumer.committed(queue);
            return offset == null ? -1 : offset;
        } catch (MQClientException e) {
            return -1; // nothing is committed yet
        }
    }
}

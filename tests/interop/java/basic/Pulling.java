import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** The consumer that asks for each page itself. */
final class Pulling {
    private static final int PER_QUEUE = 50;

    static void pull(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Pull", 2);
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer(Cluster.fresh("pull"));
        consumer.setNamesrvAddr(cluster.namesrv);
        consumer.setInstanceName(Cluster.fresh("puller"));
        consumer.start();
        try {
            Set<MessageQueue> queues = consumer.fetchSubscribeMessageQueues(topic);
            Cluster.equal(2 * cluster.masters, queues.size(), "queues");
            for (MessageQueue queue : queues) onOneQueue(cluster, consumer, queue);
        } finally {
            consumer.shutdown();
        }
    }

    private static void onOneQueue(Cluster cluster, DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < PER_QUEUE; i++) {
            String body = "pull " + i;
            cluster.producer().send(new Message(queue.getTopic(), i % 10 == 0 ? "tens" : "others", body.getBytes()), queue);
            sent.add(body);
        }
        Cluster.equal(sent, new TreeSet<>(allOf(consumer, queue, "*")), "bodies, page by page");
        Cluster.equal(PER_QUEUE / 10, allOf(consumer, queue, "tens").size(), "bodies with a tag");
        bounds(consumer, queue);
        waitsForNews(cluster, consumer, queue);
        offsetIsKept(consumer, queue);
    }

    /** Pages of at most 7, from the first to the last offset; their bodies in order. */
    private static List<String> allOf(DefaultMQPullConsumer consumer, MessageQueue queue, String tags) throws Exception {
        List<String> bodies = new ArrayList<>();
        for (long offset = 0;;) {
            PullResult page = consumer.pull(queue, tags, offset, 7);
            if (page.getPullStatus() == PullStatus.NO_NEW_MSG) return bodies;
            Cluster.check(page.getPullStatus() == PullStatus.FOUND || page.getPullStatus() == PullStatus.NO_MATCHED_MSG,
                "status " + page.getPullStatus());
            Cluster.check(page.getNextBeginOffset() > offset, "no progress at " + offset);
            offset = page.getNextBeginOffset();
            if (page.getPullStatus() != PullStatus.FOUND) continue;
            Cluster.check(page.getMsgFoundList().size() <= 7, "more than was asked for");
            page.getMsgFoundList().forEach(message -> bodies.add(new String(message.getBody())));
        }
    }

    private static void bounds(DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        Cluster.equal(0L, consumer.minOffset(queue), "first offset");
        Cluster.equal((long) PER_QUEUE, consumer.maxOffset(queue), "next offset");
        Cluster.equal(0L, consumer.searchOffset(queue, 0), "offset at the beginning of time");
        PullResult beyond = consumer.pull(queue, "*", PER_QUEUE + 1000, 7);
        Cluster.equal(PullStatus.OFFSET_ILLEGAL, beyond.getPullStatus(), "status beyond the end");
        Cluster.equal((long) PER_QUEUE, beyond.getMaxOffset(), "end, as the answer says it");
    }

    /** A pull at the end is held until something comes. */
    private static void waitsForNews(Cluster cluster, DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<PullResult> held = other.submit(() -> consumer.pullBlockIfNotFound(queue, "*", PER_QUEUE, 7));
            cluster.producer().send(new Message(queue.getTopic(), "news".getBytes()), queue);
            Cluster.equal(PullStatus.FOUND, held.get().getPullStatus(), "status of a held pull");
            Cluster.equal("news", new String(held.get().getMsgFoundList().get(0).getBody()), "body of a held pull");
        } finally {
            other.shutdown();
        }
    }

    private static void offsetIsKept(DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        consumer.getOffsetStore().updateConsumeOffsetToBroker(queue, 17, false);
        Cluster.equal(17L, consumer.fetchConsumeOffset(queue, true), "the group's offset, from the broker");
    }
}

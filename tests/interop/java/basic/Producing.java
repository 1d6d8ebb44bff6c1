import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** Every way in which a producer sends, each read back by a consumer. */
final class Producing {
    private static final int COUNT = 100;

    private static Message message(String topic, String body) {
        return new Message(topic, "TagA", "key-" + body, body.getBytes());
    }

    private static void checkStored(SendResult result) {
        Cluster.equal(SendStatus.SEND_OK, result.getSendStatus(), "send status");
        // 16 bytes in hexadecimal; 28 when the client's own address is an IPv6 one.
        Cluster.check(result.getMsgId() != null && result.getMsgId().matches("[0-9A-F]{32}([0-9A-F]{24})?"),
            "unique id " + result.getMsgId());
        Cluster.check(result.getOffsetMsgId() != null && result.getOffsetMsgId().length() == 32,
            "offset id " + result.getOffsetMsgId());
    }

    /** A message does not know its broker's name in 4.5.2, but which host stored it. */
    private static void checkQueue(MessageQueue wanted, MessageExt got, Map<String, SocketAddress> hostOf) {
        Cluster.equal(wanted.getQueueId(), got.getQueueId(), "queue of what came");
        hostOf.putIfAbsent(wanted.getBrokerName(), got.getStoreHost());
        Cluster.equal(hostOf.get(wanted.getBrokerName()), got.getStoreHost(), "host of " + wanted.getBrokerName());
        Cluster.equal(hostOf.size(), new HashSet<>(hostOf.values()).size(), "different hosts of the brokers " + hostOf);
    }

    static void sync(Cluster cluster) throws Exception {
        syncTo(cluster, cluster.newTopic("Sync", 4));
    }

    /** To a topic that does not exist: the first send makes it. */
    static void makesTopic(Cluster cluster) throws Exception {
        syncTo(cluster, Cluster.fresh("MadeBySend"));
    }

    private static void syncTo(Cluster cluster, String topic) throws Exception {
        Set<String> sent = new TreeSet<>();
        Map<MessageQueue, Long> last = new TreeMap<>();
        for (int i = 0; i < COUNT; i++) {
            SendResult result = cluster.producer().send(message(topic, "sync " + i));
            checkStored(result);
            Long before = last.put(result.getMessageQueue(), result.getQueueOffset());
            Cluster.equal(before == null ? 0L : before + 1, result.getQueueOffset(), "next offset of a queue");
            sent.add("sync " + i);
        }
        Cluster.await(30, () -> cluster.brokersOf(topic) > 0, () -> "no route to " + topic);
        cluster.expectBodies(topic, sent);
    }

    static void async(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Async", 4);
        Set<String> sent = new TreeSet<>();
        CountDownLatch pending = new CountDownLatch(COUNT);
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<SendResult> results = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < COUNT; i++) {
            sent.add("async " + i);
            cluster.producer().send(message(topic, "async " + i), new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    results.add(result);
                    pending.countDown();
                }

                @Override
                public void onException(Throwable failure) {
                    failures.add(failure);
                    pending.countDown();
                }
            });
        }
        Cluster.check(pending.await(60, TimeUnit.SECONDS), pending.getCount() + " callbacks are missing");
        Cluster.check(failures.isEmpty(), "failed: " + failures.peek());
        results.forEach(Producing::checkStored);
        cluster.expectBodies(topic, sent);
    }

    static void oneWay(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("OneWay", 4);
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < COUNT; i++) {
            cluster.producer().sendOneway(message(topic, "one-way " + i));
            sent.add("one-way " + i);
        }
        cluster.expectBodies(topic, sent);
    }

    static void batch(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Batch", 4);
        List<Message> batch = new ArrayList<>();
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < COUNT; i++) {
            Message message = message(topic, "batch " + i);
            message.putUserProperty("ordinal", String.valueOf(i));
            batch.add(message);
            sent.add("batch " + i);
        }
        SendResult result = cluster.producer().send(batch);
        Cluster.equal(SendStatus.SEND_OK, result.getSendStatus(), "send status");
        Cluster.equal(COUNT, result.getOffsetMsgId().split(",").length, "offset ids of a batch");
        Cluster.equal(COUNT, new HashSet<>(List.of(result.getMsgId().split(","))).size(), "unique ids of a batch");

        List<MessageExt> got = cluster.readAll(topic, COUNT);
        Set<String> bodies = new TreeSet<>();
        Set<Long> offsets = new TreeSet<>();
        for (MessageExt each : got) {
            String body = new String(each.getBody());
            bodies.add(body);
            offsets.add(each.getQueueOffset());
            Cluster.equal("batch " + each.getUserProperty("ordinal"), body, "property and body of one message");
            Cluster.equal("key-" + body, each.getKeys(), "keys");
        }
        Cluster.equal(sent, bodies, "bodies");
        Cluster.equal(COUNT, offsets.size(), "queue offsets in one queue");
    }

    /** The same key goes to the same queue, and stays in order there. */
    static void selector(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Selector", 4);
        Map<Integer, MessageQueue> queueOf = new TreeMap<>();
        for (int i = 0; i < COUNT; i++) {
            int order = i % 10;
            SendResult result = cluster.producer().send(message(topic, order + " step " + i / 10),
                (queues, message, key) -> queues.get((Integer) key % queues.size()), order);
            checkStored(result);
            MessageQueue before = queueOf.putIfAbsent(order, result.getMessageQueue());
            Cluster.check(before == null || before.equals(result.getMessageQueue()), "one order, one queue");
        }
        List<MessageExt> got = new ArrayList<>(cluster.readAll(topic, COUNT));
        got.sort((a, b) -> Long.compare(a.getQueueOffset(), b.getQueueOffset()));
        Map<String, Integer> nextStep = new TreeMap<>();
        Map<String, SocketAddress> hostOf = new TreeMap<>();
        for (MessageExt each : got) {
            String[] words = new String(each.getBody()).split(" step ");
            MessageQueue queue = queueOf.get(Integer.valueOf(words[0]));
            checkQueue(queue, each, hostOf);
            Cluster.equal(nextStep.merge(words[0], 1, Integer::sum) - 1, Integer.valueOf(words[1]), "step of " + words[0]);
        }
    }

    /** Each queue that the route names takes what is sent to it, and nothing else. */
    static void toQueue(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("ToQueue", 2);
        List<MessageQueue> queues = cluster.queuesOf(topic);
        Map<String, MessageQueue> queueOf = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            for (MessageQueue queue : queues) {
                String body = queue.getBrokerName() + " " + queue.getQueueId() + " " + i;
                SendResult result = cluster.producer().send(message(topic, body), queue);
                checkStored(result);
                Cluster.equal(queue, result.getMessageQueue(), "queue");
                Cluster.equal((long) i, result.getQueueOffset(), "offset in its queue");
                queueOf.put(body, queue);
            }
        }
        Map<String, SocketAddress> hostOf = new TreeMap<>();
        for (MessageExt each : cluster.readAll(topic, queueOf.size())) {
            MessageQueue wanted = queueOf.remove(new String(each.getBody()));
            Cluster.check(wanted != null, "came twice: " + each);
            checkQueue(wanted, each, hostOf);
        }
    }
}

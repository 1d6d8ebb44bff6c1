import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** What the cases share: clients of one cluster, topics on all its masters, waiting with a deadline. */
final class Cluster implements AutoCloseable {
    static final String NAME = "InteropCluster";
    /** A topic that every broker has, so that it tells which brokers there are. */
    private static final String EVERYWHERE = "SELF_TEST_TOPIC";
    private static int ordinal = 0;

    final String namesrv;
    final int masters;
    private final DefaultMQProducer producer;

    /** Waits until the NameServer tells about that many brokers. */
    Cluster(String namesrv, int masters) throws Exception {
        this.namesrv = namesrv;
        this.masters = masters;
        producer = newProducer(fresh("producers"));
        await(60, () -> brokersOf(EVERYWHERE) == masters, () -> masters + " masters are not registered");
    }

    /** A name that nobody used before, so that cases cannot see each other's messages. */
    static synchronized String fresh(String prefix) {
        return prefix + "_" + ProcessHandle.current().pid() + "_" + ++ordinal;
    }

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    static void equal(Object wanted, Object got, String what) {
        check(wanted.equals(got), what + ": wanted " + wanted + ", got " + got);
    }

    /** Waits for a condition; fails with what `describe` says after the deadline. */
    static void await(int seconds, BooleanSupplier condition, Supplier<String> describe) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            check(System.nanoTime() < deadline, "not within " + seconds + " s: " + describe.get());
            Thread.sleep(20);
        }
    }

    DefaultMQProducer newProducer(String group) throws MQClientException {
        DefaultMQProducer made = new DefaultMQProducer(group);
        made.setNamesrvAddr(namesrv);
        made.setInstanceName(fresh("producer"));
        made.setSendMsgTimeout(10000);
        made.start();
        return made;
    }

    DefaultMQProducer producer() {
        return producer;
    }

    /** Makes a topic on every master and waits until the NameServer tells about all of them. */
    String newTopic(String prefix, int queues) throws Exception {
        String topic = fresh(prefix);
        Generation.createTopic(producer, EVERYWHERE, topic, queues);
        await(30, () -> queuesOf(topic).size() == queues * masters, () -> topic + " has the queues " + queuesOf(topic));
        return topic;
    }

    /** The queues to send to; none while there is no route. */
    List<MessageQueue> queuesOf(String topic) {
        try {
            return producer.fetchPublishMessageQueues(topic);
        } catch (MQClientException e) {
            return List.of();
        }
    }

    /** How many brokers the NameServer knows for a topic. */
    long brokersOf(String topic) {
        return queuesOf(topic).stream().map(MessageQueue::getBrokerName).distinct().count();
    }

    /** Sends that many messages and returns their bodies, each different. */
    Set<String> send(String topic, String prefix, int count) throws Exception {
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            String body = prefix + " " + i;
            equal(SendStatus.SEND_OK, producer.send(new Message(topic, body.getBytes())).getSendStatus(), "send");
            sent.add(body);
        }
        return sent;
    }

    /** A push consumer that keeps what it gets; it starts with the first message of a queue, if not set otherwise. */
    final class Member implements AutoCloseable {
        final DefaultMQPushConsumer consumer;
        final ConcurrentLinkedQueue<MessageExt> received = new ConcurrentLinkedQueue<>();

        Member(String group, String topic, String expression, Consumer<DefaultMQPushConsumer> settings)
            throws MQClientException {
            consumer = new DefaultMQPushConsumer(group);
            consumer.setNamesrvAddr(namesrv);
            consumer.setInstanceName(fresh("member"));
            consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
            settings.accept(consumer);
            consumer.subscribe(topic, expression);
            consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
                received.addAll(messages);
                return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
            consumer.start();
        }

        /** How many queues of the topic this member holds now. */
        long queues(String topic) {
            return consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet().stream()
                .filter(queue -> queue.getTopic().equals(topic)).count();
        }

        Set<String> bodies() {
            return received.stream().map(message -> new String(message.getBody())).collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public void close() {
            consumer.shutdown();
        }
    }

    Member join(String group, String topic) throws MQClientException {
        return new Member(group, topic, "*", consumer -> { });
    }

    /** Consumes a topic from its start with a group of its own until as many messages came as wanted. */
    List<MessageExt> readAll(String topic, int wanted) throws Exception {
        try (Member reader = join(fresh("readers"), topic)) {
            await(60, () -> reader.received.size() >= wanted,
                () -> reader.received.size() + " of " + wanted + " messages of " + topic + " came");
            return new ArrayList<>(reader.received);
        }
    }

    /** As readAll(), and they must be exactly these, once each. */
    void expectBodies(String topic, Set<String> wanted) throws Exception {
        List<String> got = readAll(topic, wanted.size()).stream().map(message -> new String(message.getBody())).sorted()
            .collect(Collectors.toList());
        List<String> sorted = new ArrayList<>(wanted);
        Collections.sort(sorted);
        equal(sorted, got, "bodies of " + topic);
    }

    @Override
    public void close() {
        producer.shutdown();
    }
}

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.protocol.heartbeat.MessageModel;
import org.apache.rocketmq.common.protocol.route.BrokerData;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/** What the cases share: clients of one cluster, topics on all its masters, waiting with a deadline. */
final class Cluster implements AutoCloseable {
    static final String NAME = "InteropCluster";
    private static int ordinal = 0;

    final String namesrv;
    private DefaultMQAdminExt admin;
    private DefaultMQProducer producer;

    Cluster(String namesrv) {
        this.namesrv = namesrv;
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

    DefaultMQAdminExt admin() throws MQClientException {
        if (admin == null) {
            DefaultMQAdminExt made = new DefaultMQAdminExt(20000);
            made.setNamesrvAddr(namesrv);
            made.setInstanceName(fresh("admin"));
            made.start();
            admin = made;
        }
        return admin;
    }

    DefaultMQProducer producer() throws MQClientException {
        if (producer == null) {
            DefaultMQProducer made = new DefaultMQProducer(fresh("producers"));
            made.setNamesrvAddr(namesrv);
            made.setInstanceName(fresh("producer"));
            made.setSendMsgTimeout(10000);
            made.start();
            producer = made;
        }
        return producer;
    }

    /** Waits until the NameServer tells about that many brokers. */
    void awaitMasters(int wanted) throws Exception {
        await(60, () -> {
            try {
                return masters().size() == wanted;
            } catch (Exception e) {
                return false; // the NameServer is not there yet
            }
        }, () -> wanted + " masters are not registered");
    }

    List<BrokerData> masters() throws Exception {
        return new ArrayList<>(admin().examineBrokerClusterInfo().getBrokerAddrTable().values());
    }

    /** Makes a topic on every master and waits until the NameServer tells about all of them. */
    String newTopic(String prefix, int queues) throws Exception {
        String topic = fresh(prefix);
        List<BrokerData> masters = masters();
        for (BrokerData broker : masters) {
            admin().createAndUpdateTopicConfig(broker.selectBrokerAddr(), new TopicConfig(topic, queues, queues, 6));
        }
        await(30, () -> brokersOf(topic) == masters.size(), () -> topic + " is known on " + brokersOf(topic) + " brokers");
        return topic;
    }

    int brokersOf(String topic) {
        try {
            return admin().examineTopicRouteInfo(topic).getQueueDatas().size();
        } catch (Exception e) {
            return 0; // no route yet
        }
    }

    /** A push consumer that keeps what it gets; it starts with the first message of a queue. */
    final class Member implements AutoCloseable {
        final DefaultMQPushConsumer consumer;
        final ConcurrentLinkedQueue<MessageExt> received = new ConcurrentLinkedQueue<>();

        Member(String group, String topic, String expression, MessageModel model) throws MQClientException {
            consumer = new DefaultMQPushConsumer(group);
            consumer.setNamesrvAddr(namesrv);
            consumer.setInstanceName(fresh("member"));
            consumer.setMessageModel(model);
            consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
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
        return new Member(group, topic, "*", MessageModel.CLUSTERING);
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
        if (producer != null) producer.shutdown();
        if (admin != null) admin.shutdown();
    }
}

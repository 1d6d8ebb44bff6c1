import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import org.apache.rocketmq.broker.BrokerController;
import org.apache.rocketmq.client.producer.*;
import org.apache.rocketmq.common.BrokerConfig;
import org.apache.rocketmq.common.message.*;
import org.apache.rocketmq.common.namesrv.NamesrvConfig;
import org.apache.rocketmq.namesrv.NamesrvController;
import org.apache.rocketmq.remoting.netty.*;
import org.apache.rocketmq.store.config.MessageStoreConfig;

/** What a Java broker leaves in its store after messages of every kind. */
final class Stored {
    private static final int NAMESRV = 39876;
    private static final int BROKER = 39911;

    static void write(Path store) throws Exception {
        NettyServerConfig namesrvNet = new NettyServerConfig();
        namesrvNet.setListenPort(NAMESRV);
        NamesrvController namesrv = new NamesrvController(new NamesrvConfig(), namesrvNet);
        namesrv.initialize();
        namesrv.start();
        BrokerController broker = broker(store);
        String offsetId = send();
        Thread.sleep(12_000);  // delayed is delivered, committed is dispatched, all is flushed and noted in the checkpoint
        broker.getConsumerOffsetManager().commitOffset("golden", "GoldenGroup", "Golden", 0, 3);
        broker.getSubscriptionGroupManager().findSubscriptionGroupConfig("GoldenGroup");
        broker.shutdown();
        namesrv.shutdown();

        Record.file("records.bin", records(store.resolve("commitlog").resolve("00000000000000000000")));
        Record.file("consume_queue.bin", entries(store.resolve("consumequeue/Golden/0/00000000000000000000")));
        Record.file("schedule_queue.bin", entries(store.resolve("consumequeue/SCHEDULE_TOPIC_XXXX/0/00000000000000000000")));
        Record.file("checkpoint.bin", Files.readAllBytes(store.resolve("checkpoint")));
        Record.file("offset_message_id.txt", offsetId + "\n");
        for (String name : List.of("topics", "subscriptionGroup", "consumerOffset", "delayOffset"))
            Files.copy(store.resolve("config").resolve(name + ".json"), Record.golden.resolve("config_" + name + ".json"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static BrokerController broker(Path store) throws Exception {
        BrokerConfig config = new BrokerConfig();
        config.setBrokerName("broker-a");
        config.setBrokerIP1("127.0.0.1");
        config.setBrokerIP2("127.0.0.1");
        config.setNamesrvAddr("127.0.0.1:" + NAMESRV);
        NettyServerConfig net = new NettyServerConfig();
        net.setListenPort(BROKER);
        MessageStoreConfig storing = new MessageStoreConfig();
        storing.setStorePathRootDir(store.toString());
        storing.setStorePathCommitLog(store.resolve("commitlog").toString());
        storing.setMappedFileSizeCommitLog(1 << 20);
        storing.setHaListenPort(BROKER + 1);
        BrokerController broker = new BrokerController(config, net, new NettyClientConfig(), storing);
        if (!broker.initialize()) throw new IllegalStateException("the broker does not initialize");
        broker.start();
        return broker;
    }

    private static Message message(String tag, String key, String body) {
        Message message = new Message("Golden", tag, key, body.getBytes());
        MessageAccessor.putProperty(message, MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX,
            String.format("0A010203ABCD01020304%012X", key.hashCode()));
        return message;
    }

    private static String send() throws Exception {
        TransactionMQProducer producer = new TransactionMQProducer("GoldenProducer");
        producer.setNamesrvAddr("127.0.0.1:" + NAMESRV);
        producer.setDefaultTopicQueueNums(1);
        producer.setTransactionListener(new TransactionListener() {
            public LocalTransactionState executeLocalTransaction(Message message, Object arg) {
                return LocalTransactionState.COMMIT_MESSAGE;
            }
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                return LocalTransactionState.UNKNOW;
            }
        });
        producer.setClientIP("127.0.0.1");
        producer.start();
        awaitRoute(producer);
        Message plain = message("TagA", "k1 k2", "hello gantry");
        plain.setFlag(7);
        plain.putUserProperty("name", "\u4e2d\u6587");
        SendResult first = producer.send(plain);
        producer.send(message("TagB", "large", "x".repeat(5000)));  // compressed
        producer.send(List.of(message("TagA", "b1", "one"), message("TagB", "b2", "two"), message("TagC", "b3", "three")));
        Message delayed = message("TagD", "delayed", "later");
        delayed.setDelayTimeLevel(1);
        producer.send(delayed);
        producer.sendMessageInTransaction(message("TagT", "transaction", "committed"), null);
        Thread.sleep(500);
        producer.shutdown();
        return first.getOffsetMsgId();
    }

    private static void awaitRoute(DefaultMQProducer producer) throws Exception {
        for (int tries = 0;; tries++) {
            try {
                producer.fetchPublishMessageQueues("TBW102");
                return;
            } catch (Exception notYet) {
                if (tries == 100) throw notYet;
                Thread.sleep(500);
            }
        }
    }

    /** The log up to its first empty place. */
    private static byte[] records(Path file) throws Exception {
        ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(file));
        int end = 0;
        while (log.getInt(end) > 0) end += log.getInt(end);
        return Arrays.copyOf(log.array(), end);
    }

    private static byte[] entries(Path file) throws Exception {
        ByteBuffer queue = ByteBuffer.wrap(Files.readAllBytes(file));
        int end = 0;
        while (queue.getInt(end + 8) > 0) end += 20;
        return Arrays.copyOf(queue.array(), end);
    }
}

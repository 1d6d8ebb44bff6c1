import java.util.*;
import org.apache.rocketmq.common.DataVersion;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.TopicFilterType;
import org.apache.rocketmq.common.admin.*;
import org.apache.rocketmq.common.compression.*;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.filter.FilterAPI;
import org.apache.rocketmq.common.message.*;
import org.apache.rocketmq.common.protocol.RequestCode;
import org.apache.rocketmq.common.protocol.body.*;
import org.apache.rocketmq.common.protocol.header.*;
import org.apache.rocketmq.common.protocol.heartbeat.*;
import org.apache.rocketmq.common.protocol.route.*;
import org.apache.rocketmq.remoting.protocol.*;

/** Commands, texts and bodies as the Java classes encode them. */
final class Forms {
    static void write() throws Exception {
        commands();
        texts();
        registration();
        bodies();
        compressed();
    }

    /** One text in every form of compression that a producer has. */
    static void compressed() throws Exception {
        byte[] text = "a body that is worth compressing, ".repeat(300).getBytes();
        for (CompressionType type : CompressionType.values())
            Record.file("body_" + type.name().toLowerCase() + ".bin", CompressorFactory.getCompressor(type).compress(text, 5));
    }

    private static void commands() throws Exception {
        SendMessageRequestHeaderV2 send = new SendMessageRequestHeaderV2();
        send.setA("PG");
        send.setB("TopicA");
        send.setC("TBW102");
        send.setD(4);
        send.setE(3);
        send.setF(0);
        send.setG(1690000000000L);
        send.setH(7);
        send.setI("KEYS\u0001k1 k2\u0002TAGS\u0001TagA\u0002name\u0001\u4e2d\u6587 \"quoted\" \\");
        send.setJ(0);
        send.setK(false);
        send.setM(false);
        for (SerializeType type : SerializeType.values()) {
            RemotingCommand request = RemotingCommand.createRequestCommand(RequestCode.SEND_MESSAGE_V2, send);
            request.setOpaque(4711);
            request.setVersion(407);
            request.setBody("hello".getBytes());
            request.setSerializeTypeCurrentRPC(type);
            Record.file("send_request_" + type.name().toLowerCase() + ".bin", request.encode());

            RemotingCommand response = RemotingCommand.createResponseCommand(17, "topic[X] not exist, \"apply\" first\n");
            response.setOpaque(4711);
            response.setVersion(407);
            response.setSerializeTypeCurrentRPC(type);
            Record.file("error_response_" + type.name().toLowerCase() + ".bin", response.encode());
        }
    }

    private static void texts() throws Exception {
        Map<String, String> properties = new HashMap<>();
        properties.put("KEYS", "k1 k2");
        properties.put("TAGS", "TagA");
        properties.put("UNIQ_KEY", "0A010203ABCD0102030447B7607BFFFE");
        properties.put("name", "\u4e2d\u6587");
        Record.file("properties.bin", MessageDecoder.messageProperties2String(properties));

        List<Message> batch = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Message message = new Message("TopicA", "Tag" + i, "key" + i, ("body " + i).getBytes());
            message.setFlag(i);
            batch.add(message);
        }
        Record.file("batch_body.bin", MessageDecoder.encodeMessages(batch));

        String key = MessageClientIDSetter.createUniqID();
        long now = System.currentTimeMillis();
        Record.file("uniq_key.txt", key + " " + now + "\n");
    }

    static TopicConfig topic(String name, TopicFilterType type) {
        TopicConfig topic = new TopicConfig(name, 8, 4, 6);
        topic.setTopicFilterType(type);
        return topic;
    }

    private static void registration() throws Exception {
        DataVersion version = new DataVersion();
        version.setTimestamp(1690000000000L);
        version.setCounter(new java.util.concurrent.atomic.AtomicLong(3));
        TopicConfigSerializeWrapper topics = new TopicConfigSerializeWrapper();
        topics.setDataVersion(version);
        topics.getTopicConfigTable().put("TopicA", topic("TopicA", TopicFilterType.SINGLE_TAG));
        topics.getTopicConfigTable().put("%RETRY%CG", topic("%RETRY%CG", TopicFilterType.MULTI_TAG));
        RegisterBrokerBody body = new RegisterBrokerBody();
        body.setTopicConfigSerializeWrapper(topics);
        body.setFilterServerList(new ArrayList<>(List.of("10.0.0.1:1")));
        Record.file("register_body.json", body.encode(false));
        Record.file("register_body.zlib", body.encode(true));
    }

    private static void bodies() throws Exception {
        SubscriptionData subscription = FilterAPI.buildSubscriptionData("TopicA", "TagA || TagB");
        subscription.setSubVersion(1690000000000L);
        ConsumerData consumer = new ConsumerData();
        consumer.setGroupName("CG");
        consumer.setConsumeType(ConsumeType.CONSUME_PASSIVELY);
        consumer.setMessageModel(MessageModel.CLUSTERING);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
        consumer.getSubscriptionDataSet().add(subscription);
        ProducerData producer = new ProducerData();
        producer.setGroupName("PG");
        HeartbeatData heartbeat = new HeartbeatData();
        heartbeat.setClientID("10.0.0.9@4711");
        heartbeat.getConsumerDataSet().add(consumer);
        heartbeat.getProducerDataSet().add(producer);
        Record.file("heartbeat.json", heartbeat.encode());

        MessageQueue queue = new MessageQueue("TopicA", "broker-a", 0);
        TopicOffset offset = new TopicOffset();
        offset.setMaxOffset(10);
        TopicStatsTable stats = new TopicStatsTable();
        stats.getOffsetTable().put(queue, offset);
        Record.file("topic_stats.json", stats.encode());

        OffsetWrapper seen = new OffsetWrapper();
        seen.setBrokerOffset(10);
        seen.setConsumerOffset(7);
        ConsumeStats progress = new ConsumeStats();
        progress.getOffsetTable().put(queue, seen);
        Record.file("consume_stats.json", progress.encode());

        ResetOffsetBody reset = new ResetOffsetBody();
        reset.setOffsetTable(new HashMap<>(Map.of(queue, 7L)));
        Record.file("reset_offset.json", reset.encode());

        QueueData queues = new QueueData();
        queues.setBrokerName("broker-a");
        queues.setPerm(6);
        queues.setReadQueueNums(8);
        queues.setWriteQueueNums(8);
        BrokerData broker = new BrokerData("DefaultCluster", "broker-a", new HashMap<>(Map.of(0L, "10.0.0.1:10911", 1L, "10.0.0.2:10911")));
        TopicRouteData route = new TopicRouteData();
        route.setQueueDatas(List.of(queues));
        route.setBrokerDatas(List.of(broker));
        route.setFilterServerTable(new HashMap<>());
        Record.file("route.json", route.encode());

        LockBatchRequestBody lock = new LockBatchRequestBody();
        lock.setClientId("c");
        lock.setConsumerGroup("CG");
        lock.getMqSet().add(queue);
        Record.file("lock_request.json", lock.encode());

        ConsumerRunningInfo running = new ConsumerRunningInfo();
        running.getSubscriptionSet().add(subscription);
        running.getMqTable().put(queue, new ProcessQueueInfo());
        running.getStatusTable().put("TopicA", new ConsumeStatus());
        running.getProperties().put("PROP_CONSUMEORDERLY", "false");
        Record.file("running_info.json", running.encode());
    }
}

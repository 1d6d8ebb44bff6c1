import java.util.List;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** mqadmin: what groups do and who is in them. */
final class Groups {
    static void consumerProgress(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Progress", 2);
        String group = Cluster.fresh("progress");
        cluster.send(topic, "progress", 40);
        try (Cluster.Member member = cluster.join(group, topic)) {
            Cluster.await(60, () -> member.received.size() == 40, () -> member.received.size() + " of 40 came");
            List<String[]> row = Operator.rows(Operator.mqadmin(cluster, "consumerProgress"), "^" + group + "\\s");
            Cluster.equal(1, row.size(), "rows of the group");
            Cluster.equal("1", row.get(0)[1], "members");
            Operator.contains(String.join(" ", row.get(0)), "PUSH CLUSTERING");
        }
        // A consumer that has left has told its offsets.
        cluster.send(topic, "later", 10);
        String text = Operator.mqadmin(cluster, "consumerProgress", "-g", group);
        List<String[]> rows = Operator.rows(text, "^" + topic + "\\s");
        Cluster.equal(2 * cluster.masters, rows.size(), "queues in: " + text);
        Cluster.equal(50L, Operator.sum(rows, 3), "broker offsets in: " + text);
        Cluster.equal(40L, Operator.sum(rows, 4), "consumer offsets in: " + text);
        Operator.contains(text, "Diff Total: 10");
    }

    static void consumerConnection(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Connected", 1);
        String group = Cluster.fresh("connected");
        try (Cluster.Member one = cluster.new Member(group, topic, "TagA || TagB", consumer -> { });
             Cluster.Member two = cluster.new Member(group, topic, "TagA || TagB", consumer -> { })) {
            Cluster.await(30, () -> one.queues(topic) + two.queues(topic) == cluster.masters, () -> "no rebalance");
            String text = Operator.mqadmin(cluster, "consumerConnection", "-g", group);
            for (Cluster.Member member : List.of(one, two)) {
                List<String[]> row = Operator.rows(text, "^\\S*" + member.consumer.getInstanceName() + "\\s");
                Cluster.equal(1, row.size(), "rows of " + member.consumer.getInstanceName() + " in: " + text);
                Cluster.check(row.get(0)[1].matches("[0-9.]+:\\d+"), "address in: " + text);
                Cluster.equal("JAVA V4_9_7", row.get(0)[2] + " " + row.get(0)[3], "language and version");
            }
            Cluster.equal(1, Operator.rows(text, "^" + topic + "\\s+TagA \\|\\| TagB").size(), "subscription in: " + text);
            Cluster.equal(1, Operator.rows(text, "^%RETRY%" + group + "\\s+\\*").size(), "retry topic in: " + text);
            Operator.contains(text, "ConsumeType: CONSUME_PASSIVELY", "MessageModel: CLUSTERING",
                "ConsumeFromWhere: CONSUME_FROM_FIRST_OFFSET");
        }
        String text = Operator.attempt(cluster, "consumerConnection", "-g", Cluster.fresh("nobody"), "-b",
            Operator.masters(cluster).get(0).selectBrokerAddr());
        Operator.contains(text, "CODE: 206", "not online");
    }

    static void producerConnection(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Produced", 1);
        String group = Cluster.fresh("connected_producers");
        DefaultMQProducer producer = new DefaultMQProducer(group);
        producer.setNamesrvAddr(cluster.namesrv);
        producer.setInstanceName(Cluster.fresh("producer"));
        producer.setHeartbeatBrokerInterval(500); // a broker hears about the group with the heartbeat after the first send
        producer.start();
        try {
            // Which broker the command asks is not known.
            for (MessageQueue queue : cluster.queuesOf(topic)) {
                producer.send(new Message(topic, "to make it known".getBytes()), queue);
            }
            String[] words = {"producerConnection", "-g", group, "-t", topic};
            Cluster.await(60, () -> Operator.attempt(cluster, words).contains("JAVA"), () -> Operator.attempt(cluster, words));
            String text = Operator.mqadmin(cluster, words);
            List<String[]> row = Operator.rows(text, "^0001\\s+\\S*" + producer.getInstanceName() + "\\s");
            Cluster.equal(1, row.size(), "rows of the producer in: " + text);
            Cluster.check(row.get(0)[2].matches("[0-9.]+:\\d+"), "address in: " + text);
            Cluster.equal("JAVA V4_9_7", row.get(0)[3] + " " + row.get(0)[4], "language and version");
        } finally {
            producer.shutdown();
        }
    }
}

import java.util.List;
import java.util.stream.Collectors;
import org.apache.rocketmq.common.protocol.route.BrokerData;

/** mqadmin: what there is of topics. */
final class Topics {
    static void update(Cluster cluster) throws Exception {
        String topic = Cluster.fresh("Updated");
        for (BrokerData broker : Operator.masters(cluster)) {
            String address = broker.selectBrokerAddr();
            Operator.contains(Operator.mqadmin(cluster, "updateTopic", "-b", address, "-t", topic, "-r", "3", "-w", "2"),
                "create topic to " + address + " success", "readQueueNums=3", "writeQueueNums=2");
        }
        Cluster.await(30, () -> cluster.queuesOf(topic).size() == 2 * cluster.masters, () -> "queues " + cluster.queuesOf(topic));
        Operator.contains(Operator.mqadmin(cluster, "updateTopic", "-c", Cluster.NAME, "-t", topic, "-r", "5", "-w", "4", "-p", "6"),
            "success");
        Cluster.await(30, () -> cluster.queuesOf(topic).size() == 4 * cluster.masters, () -> "queues " + cluster.queuesOf(topic));
        String route = Operator.mqadmin(cluster, "topicRoute", "-t", topic);
        Cluster.equal(cluster.masters, Operator.count(route, "\"readQueueNums\": ?5"), "read queues in: " + route);
    }

    static void list(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Listed", 1);
        List<String> listed = Operator.mqadmin(cluster, "topicList").lines().map(String::trim).collect(Collectors.toList());
        for (String each : List.of(topic, "TBW102", "SELF_TEST_TOPIC", "BenchmarkTest", "OFFSET_MOVED_EVENT")) {
            Cluster.check(listed.contains(each), each + " is not in " + listed);
        }
        List<String[]> rows = Operator.rows(Operator.mqadmin(cluster, "topicList", "-c"), topic);
        Cluster.check(rows.size() == 1 && rows.get(0)[0].equals(Cluster.NAME), "rows of " + topic + ": " + rows.size());
    }

    static void route(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Routed", 3);
        String text = Operator.mqadmin(cluster, "topicRoute", "-t", topic);
        for (BrokerData broker : Operator.masters(cluster)) {
            Operator.contains(text, "\"" + broker.getBrokerName() + "\"", "\"" + broker.selectBrokerAddr() + "\"");
        }
        Cluster.equal(cluster.masters, Operator.count(text, "\"perm\": ?6"), "queue data in: " + text);
        Operator.contains(text, "\"readQueueNums\":3", "\"writeQueueNums\":3", "\"cluster\":\"" + Cluster.NAME + "\"");
    }

    static void status(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Status", 2);
        cluster.send(topic, "status", 40);
        String text = Operator.mqadmin(cluster, "topicStatus", "-t", topic);
        List<String[]> rows = Operator.rows(text, "^broker-\\w+\\s+\\d+\\s");
        Cluster.equal(2 * cluster.masters, rows.size(), "queues in: " + text);
        Cluster.equal(0L, Operator.sum(rows, 2), "min offsets in: " + text);
        Cluster.equal(40L, Operator.sum(rows, 3), "max offsets in: " + text);
        for (String[] row : rows) Cluster.check(row.length >= 6 && row[4].startsWith("20"), "last update in: " + text);
    }

    static void delete(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Deleted", 2);
        Operator.contains(Operator.mqadmin(cluster, "deleteTopic", "-c", Cluster.NAME, "-t", topic),
            "delete topic [" + topic + "] from cluster [" + Cluster.NAME + "] success",
            "delete topic [" + topic + "] from NameServer success");
        String listed = Operator.mqadmin(cluster, "topicList");
        Cluster.check(listed.lines().noneMatch(line -> line.trim().equals(topic)), topic + " is still in: " + listed);
        Cluster.equal(0L, cluster.brokersOf(topic), "brokers with a deleted topic");
    }
}

import java.util.List;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.protocol.route.BrokerData;

/** mqadmin: brokers and the NameServer's own settings. */
final class Brokers {
    static void clusterList(Cluster cluster) throws Exception {
        String text = Operator.mqadmin(cluster, "clusterList");
        for (BrokerData broker : Operator.masters(cluster)) {
            List<String[]> row = Operator.rows(text, "^" + Cluster.NAME + "\\s+" + broker.getBrokerName() + "\\s+0\\s");
            Cluster.equal(1, row.size(), "rows of " + broker.getBrokerName() + " in: " + text);
            Cluster.equal(broker.selectBrokerAddr(), row.get(0)[3], "address");
            Cluster.check(row.get(0)[4].matches("V\\d+_\\d+_\\d+.*"), "version " + row.get(0)[4]);
        }
        Operator.contains(Operator.mqadmin(cluster, "clusterList", "-m"), "#InTotalYest", Cluster.NAME);
    }

    static void brokerStatus(Cluster cluster) throws Exception {
        cluster.send(cluster.newTopic("BrokerStatus", 1), "stored", 4 * cluster.masters);
        for (BrokerData broker : Operator.masters(cluster)) {
            String text = Operator.mqadmin(cluster, "brokerStatus", "-b", broker.selectBrokerAddr());
            Operator.contains(text, "bootTimestamp", "brokerVersion", "brokerVersionDesc", "runtime", "putTps",
                "getTransferedTps", "msgPutTotalTodayNow", "commitLogMinOffset", "putMessageDistributeTime");
            List<String[]> size = Operator.rows(text, "^commitLogMaxOffset ");
            Cluster.check(Long.parseLong(size.get(0)[2]) > 0, "an empty commit log in: " + text);
        }
        String all = Operator.mqadmin(cluster, "brokerStatus", "-c", Cluster.NAME);
        for (BrokerData broker : Operator.masters(cluster)) {
            Cluster.check(!Operator.rows(all, "^" + broker.selectBrokerAddr() + "\\s+bootTimestamp").isEmpty(), "not in: " + all);
        }
    }

    static void getConfig(Cluster cluster) throws Exception {
        for (BrokerData broker : Operator.masters(cluster)) {
            String text = Operator.mqadmin(cluster, "getBrokerConfig", "-b", broker.selectBrokerAddr());
            Operator.contains(text, "============" + broker.selectBrokerAddr() + "============");
            String port = broker.selectBrokerAddr().split(":")[1];
            for (String[] pair : new String[][] {{"brokerName", broker.getBrokerName()}, {"brokerClusterName", Cluster.NAME},
                {"brokerId", "0"}, {"listenPort", port}, {"namesrvAddr", cluster.namesrv}, {"flushDiskType", "ASYNC_FLUSH"},
                {"maxMessageSize", "4194304"}, {"defaultTopicQueueNums", "8"}, {"autoCreateTopicEnable", "true"}}) {
                Cluster.equal(pair[1], setting(text, pair[0]), pair[0]);
            }
        }
        String all = Operator.mqadmin(cluster, "getBrokerConfig", "-c", Cluster.NAME);
        Cluster.equal(cluster.masters, Operator.count(all, "============Master: "), "masters in: " + all);
    }

    private static String setting(String text, String key) {
        List<String[]> rows = Operator.rows(text, "^" + key + "\\s+=");
        Cluster.equal(1, rows.size(), "rows of " + key + " in: " + text);
        return rows.get(0)[2];
    }

    /** One broker, then all of a cluster; what is told is then in force and shown. */
    static void updateConfig(Cluster cluster) throws Exception {
        List<BrokerData> masters = Operator.masters(cluster);
        String first = masters.get(0).selectBrokerAddr();
        Operator.contains(Operator.mqadmin(cluster, "updateBrokerConfig", "-b", first, "-k", "defaultTopicQueueNums", "-v", "9"),
            "update broker config success, " + first);
        for (BrokerData broker : masters) {
            String address = broker.selectBrokerAddr();
            Cluster.equal(address.equals(first) ? "9" : "8",
                setting(Operator.mqadmin(cluster, "getBrokerConfig", "-b", address), "defaultTopicQueueNums"), "of " + address);
        }
        String text = Operator.mqadmin(cluster, "updateBrokerConfig", "-c", Cluster.NAME, "-k", "defaultTopicQueueNums", "-v", "8");
        Cluster.equal(cluster.masters, Operator.count(text, "update broker config success, "), "masters in: " + text);
        for (BrokerData broker : masters) {
            Cluster.equal("8", setting(Operator.mqadmin(cluster, "getBrokerConfig", "-b", broker.selectBrokerAddr()),
                "defaultTopicQueueNums"), "of " + broker.getBrokerName());
        }
        // In force: without the permission to read, nobody reads from this broker.
        String topic = cluster.newTopic("Unreadable", 1);
        Operator.mqadmin(cluster, "updateBrokerConfig", "-b", first, "-k", "brokerPermission", "-v", "2");
        try {
            Cluster.await(30, () -> permission(cluster, topic, masters.get(0).getBrokerName()) == 2, () -> "the route says " +
                permission(cluster, topic, masters.get(0).getBrokerName()));
        } finally {
            Operator.mqadmin(cluster, "updateBrokerConfig", "-b", first, "-k", "brokerPermission", "-v", "6");
        }
        Cluster.await(30, () -> permission(cluster, topic, masters.get(0).getBrokerName()) == 6, () -> "still not readable");
    }

    /** What the NameServer says about the topic's queues on a broker; -1 when it says nothing. */
    private static int permission(Cluster cluster, String topic, String broker) {
        try {
            return Operator.ask(cluster, admin -> admin.examineTopicRouteInfo(topic).getQueueDatas().stream()
                .filter(queue -> queue.getBrokerName().equals(broker)).mapToInt(queue -> queue.getPerm()).findFirst().orElse(-1));
        } catch (Exception e) {
            return -1;
        }
    }

    static void wipeWritePermission(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Wiped", 1);
        String broker = Operator.masters(cluster).get(0).getBrokerName();
        String text = Operator.mqadmin(cluster, "wipeWritePerm", "-b", broker);
        Operator.contains(text, "wipe write perm of broker[" + broker + "] in name server[" + cluster.namesrv + "] OK, ");
        Cluster.equal(4, permission(cluster, topic, broker), "permission after it");
        Cluster.equal(cluster.masters - 1L, cluster.brokersOf(topic), "brokers to send to");
        Operator.mqadmin(cluster, "addWritePerm", "-b", broker);
    }

    static void addWritePermission(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Given", 1);
        String broker = Operator.masters(cluster).get(0).getBrokerName();
        Operator.mqadmin(cluster, "wipeWritePerm", "-b", broker);
        Cluster.equal(4, permission(cluster, topic, broker), "permission before it");
        String text = Operator.mqadmin(cluster, "addWritePerm", "-b", broker);
        Operator.contains(text, "add write perm of broker[" + broker + "] in name server[" + cluster.namesrv + "] OK, ");
        Cluster.equal(6, permission(cluster, topic, broker), "permission after it");
        Cluster.equal((long) cluster.masters, cluster.brokersOf(topic), "brokers to send to");
    }

    private static final String NAMESPACE = "Interop";

    private static void put(Cluster cluster, String key, String value) {
        Operator.contains(Operator.mqadmin(cluster, "updateKvConfig", "-s", NAMESPACE, "-k", key, "-v", value),
            "create or update kv config to namespace success.");
    }

    private static String get(Cluster cluster, String key) throws Exception {
        return Operator.ask(cluster, admin -> admin.getKVConfig(NAMESPACE, key));
    }

    static void updateKvConfig(Cluster cluster) throws Exception {
        for (String value : List.of("first value", "second value")) {
            put(cluster, "updated", value);
            Cluster.equal(value, get(cluster, "updated"), "value");
        }
    }

    static void deleteKvConfig(Cluster cluster) throws Exception {
        put(cluster, "deleted", "some value");
        put(cluster, "kept", "other value");
        Operator.contains(Operator.mqadmin(cluster, "deleteKvConfig", "-s", NAMESPACE, "-k", "deleted"),
            "delete kv config from namespace success.");
        Cluster.equal("other value", get(cluster, "kept"), "the key beside it");
        try {
            throw new AssertionError("still there: " + get(cluster, "deleted"));
        } catch (MQClientException e) {
            Cluster.equal(22, e.getResponseCode(), "code for what is not there");
        }
    }
}

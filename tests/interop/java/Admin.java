import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.protocol.route.BrokerData;
import org.apache.rocketmq.tools.command.MQAdminStartup;

/** mqadmin, as an operator types it: what it prints is checked. */
final class Admin {
    /** Runs one command line and returns what it printed. */
    private static String mqadmin(Cluster cluster, String... words) {
        String[] line = new String[words.length + 2];
        System.arraycopy(words, 0, line, 0, words.length);
        line[words.length] = "-n";
        line[words.length + 1] = cluster.namesrv;
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true));
        try {
            MQAdminStartup.main0(line, null);
        } finally {
            System.setOut(before);
        }
        String text = printed.toString();
        Cluster.check(!text.contains("Exception"), words[0] + " printed: " + text);
        return text;
    }

    private static void contains(String text, String... parts) {
        for (String part : parts) Cluster.check(text.contains(part), "no '" + part + "' in: " + text);
    }

    /** The rows of a printed table that match, split at blanks. */
    private static List<String[]> rows(String text, String regex) {
        return text.lines().filter(line -> Pattern.compile(regex).matcher(line).find())
            .map(line -> line.trim().split("\\s+")).collect(Collectors.toList());
    }

    private static int count(String text, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        int found = 0;
        while (matcher.find()) found++;
        return found;
    }

    static void updateTopic(Cluster cluster) throws Exception {
        String topic = Cluster.fresh("Updated");
        for (BrokerData broker : cluster.masters()) {
            contains(mqadmin(cluster, "updateTopic", "-b", broker.selectBrokerAddr(), "-t", topic, "-r", "3", "-w", "2"),
                "create topic to " + broker.selectBrokerAddr() + " success");
        }
        int masters = cluster.masters().size();
        Cluster.await(30, () -> cluster.brokersOf(topic) == masters, () -> "route to " + cluster.brokersOf(topic));
        contains(mqadmin(cluster, "updateTopic", "-c", Cluster.NAME, "-t", topic, "-r", "5", "-w", "4", "-p", "6"), "success");
        Cluster.await(30, () -> count(mqadmin(cluster, "topicRoute", "-t", topic), "\"readQueueNums\": ?5") == masters,
            () -> mqadmin(cluster, "topicRoute", "-t", topic));
        Cluster.equal(masters, count(mqadmin(cluster, "topicRoute", "-t", topic), "\"writeQueueNums\": ?4"), "write queues");
    }

    static void clusterList(Cluster cluster) throws Exception {
        String text = mqadmin(cluster, "clusterList");
        for (BrokerData broker : cluster.masters()) {
            List<String[]> row = rows(text, "^" + Cluster.NAME + "\\s+" + broker.getBrokerName() + "\\s+0\\s");
            Cluster.equal(1, row.size(), "rows of " + broker.getBrokerName() + " in: " + text);
            Cluster.equal(broker.selectBrokerAddr(), row.get(0)[3], "address");
            Cluster.check(row.get(0)[4].matches("V\\d+_\\d+_\\d+.*"), "version " + row.get(0)[4]);
        }
        contains(mqadmin(cluster, "clusterList", "-m"), "#InTotalYest", Cluster.NAME);
    }

    static void topicList(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Listed", 1);
        List<String> listed = mqadmin(cluster, "topicList").lines().map(String::trim).collect(Collectors.toList());
        for (String each : List.of(topic, "TBW102", "SELF_TEST_TOPIC", "BenchmarkTest", "OFFSET_MOVED_EVENT")) {
            Cluster.check(listed.contains(each), each + " is not in " + listed);
        }
        contains(mqadmin(cluster, "topicList", "-c"), Cluster.NAME, topic);
    }

    static void topicRoute(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Routed", 3);
        String text = mqadmin(cluster, "topicRoute", "-t", topic);
        for (BrokerData broker : cluster.masters()) contains(text, broker.getBrokerName(), broker.selectBrokerAddr());
        Cluster.equal(cluster.masters().size(), count(text, "\"perm\": ?6"), "queue data in: " + text);
        contains(text, "\"readQueueNums\":3", "\"writeQueueNums\":3", "\"cluster\":\"" + Cluster.NAME + "\"");
    }

    static void topicStatus(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Status", 2);
        for (int i = 0; i < 40; i++) cluster.producer().send(new Message(topic, ("status " + i).getBytes()));
        String text = mqadmin(cluster, "topicStatus", "-t", topic);
        List<String[]> rows = rows(text, "^(broker|java)-\\w+\\s+\\d+\\s");
        Cluster.equal(2 * cluster.masters().size(), rows.size(), "queues in: " + text);
        Cluster.equal(0L, rows.stream().mapToLong(row -> Long.parseLong(row[2])).sum(), "min offsets in: " + text);
        Cluster.equal(40L, rows.stream().mapToLong(row -> Long.parseLong(row[3])).sum(), "max offsets in: " + text);
        for (String[] row : rows) Cluster.check(row.length >= 6 && row[4].startsWith("20"), "last update in: " + text);
    }

    static void brokerStatus(Cluster cluster) throws Exception {
        for (BrokerData broker : cluster.masters()) {
            String text = mqadmin(cluster, "brokerStatus", "-b", broker.selectBrokerAddr());
            contains(text, "bootTimestamp", "brokerVersion", "brokerVersionDesc", "runtime", "putTps", "getTransferedTps",
                "msgPutTotalTodayNow", "commitLogMinOffset", "commitLogMaxOffset", "putMessageDistributeTime");
            List<String[]> size = rows(text, "^commitLogMaxOffset ");
            Cluster.check(Long.parseLong(size.get(0)[2]) > 0, "an empty commit log in: " + text);
        }
    }

    static void consumerProgress(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Progress", 2);
        String group = Cluster.fresh("progress");
        for (int i = 0; i < 40; i++) cluster.producer().send(new Message(topic, ("progress " + i).getBytes()));
        try (Cluster.Member member = cluster.join(group, topic)) {
            Cluster.await(60, () -> member.received.size() == 40, () -> member.received.size() + " of 40 came");
            contains(mqadmin(cluster, "consumerProgress"), group);
        }
        // A consumer that has left has told its offsets.
        for (int i = 0; i < 10; i++) cluster.producer().send(new Message(topic, ("later " + i).getBytes()));
        String text = mqadmin(cluster, "consumerProgress", "-g", group);
        List<String[]> rows = rows(text, "^" + topic + "\\s");
        Cluster.equal(2 * cluster.masters().size(), rows.size(), "queues in: " + text);
        Cluster.equal(50L, rows.stream().mapToLong(row -> Long.parseLong(row[3])).sum(), "broker offsets in: " + text);
        Cluster.equal(40L, rows.stream().mapToLong(row -> Long.parseLong(row[4])).sum(), "consumer offsets in: " + text);
        contains(text, "Diff Total: 10");
    }

    static void deleteTopic(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Deleted", 2);
        contains(mqadmin(cluster, "deleteTopic", "-c", Cluster.NAME, "-t", topic),
            "delete topic [" + topic + "] from cluster [" + Cluster.NAME + "] success",
            "delete topic [" + topic + "] from NameServer success");
        Cluster.await(30, () -> mqadmin(cluster, "topicList").lines().noneMatch(line -> line.trim().equals(topic)),
            () -> topic + " is still listed");
        Cluster.equal(0, cluster.brokersOf(topic), "brokers with a deleted topic");
    }
}

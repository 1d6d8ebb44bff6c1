import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** mqadmin: single messages. */
final class Messages {
    static void send(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("SentByAdmin", 2);
        String text = Operator.mqadmin(cluster, "sendMessage", "-t", topic, "-p", "anywhere", "-k", "key-1", "-c", "TagA");
        Cluster.equal(1, Operator.rows(text, "^broker-\\w+\\s+[01]\\s+SEND_OK\\s+[0-9A-F]{32}").size(), "row in: " + text);
        MessageQueue queue = cluster.queuesOf(topic).get(1);
        text = Operator.mqadmin(cluster, "sendMessage", "-t", topic, "-p", "there", "-b", queue.getBrokerName(), "-i",
            String.valueOf(queue.getQueueId()));
        Cluster.equal(1, Operator.rows(text, "^" + queue.getBrokerName() + "\\s+" + queue.getQueueId() + "\\s+SEND_OK").size(),
            "row in: " + text);
        Set<String> got = new TreeSet<>();
        for (MessageExt each : cluster.readAll(topic, 2)) {
            got.add(new String(each.getBody()) + " " + each.getTags() + " " + each.getKeys());
        }
        Cluster.equal(new TreeSet<>(List.of("anywhere TagA key-1", "there null null")), got, "what was stored");
    }

    static void consume(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("ConsumedByAdmin", 1);
        MessageQueue queue = cluster.queuesOf(topic).get(0);
        for (int i = 0; i < 10; i++) cluster.producer().send(new Message(topic, ("shown " + i).getBytes()), queue);
        String text = Operator.mqadmin(cluster, "consumeMessage", "-t", topic, "-b", queue.getBrokerName(), "-i", "0", "-o", "3",
            "-c", "4");
        for (int i = 0; i < 10; i++) {
            Cluster.equal(i >= 3 && i < 7 ? 1 : 0, Operator.count(text, "BODY: shown " + i + "\\b"), i + " is shown in: " + text);
        }
        text = Operator.mqadmin(cluster, "consumeMessage", "-t", topic);
        Cluster.equal(10, Operator.count(text, "BODY: shown \\d"), "all of the topic in: " + text);
    }

    static void queryByOffset(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Queried", 1);
        MessageQueue queue = cluster.queuesOf(topic).get(0);
        for (int i = 0; i < 5; i++) {
            cluster.producer().send(new Message(topic, "Tag" + i, "key-" + i, ("queried " + i).getBytes()), queue);
        }
        String text = Operator.mqadmin(cluster, "queryMsgByOffset", "-t", topic, "-b", queue.getBrokerName(), "-i", "0", "-o", "3");
        for (String row : List.of("Topic:\\s+" + topic, "Tags:\\s+\\[Tag3\\]", "Keys:\\s+\\[key-3\\]", "Queue ID:\\s+0",
            "Queue Offset:\\s+3", "Reconsume Times:\\s+0", "OffsetID:\\s+[0-9A-F]{32}")) {
            Cluster.equal(1, Operator.rows(text, "^" + row + "\\s*$").size(), row + " in: " + text);
        }
        List<String[]> path = Operator.rows(text, "^Message Body Path:");
        Path file = Path.of(path.get(0)[3]);
        Cluster.equal("queried 3", Files.readString(file), "body in the file that it names");
        Files.delete(file);
    }
}

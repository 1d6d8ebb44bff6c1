import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.protocol.body.ClusterInfo;
import org.apache.rocketmq.common.protocol.route.BrokerData;
import org.apache.rocketmq.common.protocol.route.TopicRouteData;

/** A NameServer and a broker that do not come from the same house. */
final class Mixed {
    static void routeSendConsume(Cluster cluster) throws Exception {
        ClusterInfo info = cluster.admin().examineBrokerClusterInfo();
        Cluster.check(info.getClusterAddrTable().containsKey(Cluster.NAME), "cluster names " + info.getClusterAddrTable().keySet());
        BrokerData broker = cluster.masters().get(0);
        Cluster.equal(1, cluster.masters().size(), "masters");

        String topic = cluster.newTopic("Mixed", 4);
        TopicRouteData route = cluster.admin().examineTopicRouteInfo(topic);
        Cluster.equal(broker.getBrokerName(), route.getBrokerDatas().get(0).getBrokerName(), "broker of the route");
        Cluster.equal(4, route.getQueueDatas().get(0).getReadQueueNums(), "read queues of the route");

        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            cluster.producer().send(new Message(topic, ("mixed " + i).getBytes()));
            sent.add("mixed " + i);
        }
        cluster.expectBodies(topic, sent);
    }
}

import java.util.Set;
import org.apache.rocketmq.common.protocol.body.ClusterInfo;
import org.apache.rocketmq.common.protocol.route.BrokerData;
import org.apache.rocketmq.common.protocol.route.TopicRouteData;

/** A NameServer and a broker that do not come from the same house. */
final class Mixed {
    static void routeSendConsume(Cluster cluster) throws Exception {
        ClusterInfo info = Operator.ask(cluster, admin -> admin.examineBrokerClusterInfo());
        Cluster.check(info.getClusterAddrTable().containsKey(Cluster.NAME), "cluster names " + info.getClusterAddrTable().keySet());
        Cluster.equal(1, info.getBrokerAddrTable().size(), "masters");
        BrokerData broker = info.getBrokerAddrTable().values().iterator().next();

        String topic = cluster.newTopic("Mixed", 4);
        TopicRouteData route = Operator.ask(cluster, admin -> admin.examineTopicRouteInfo(topic));
        Cluster.equal(broker.getBrokerName(), route.getBrokerDatas().get(0).getBrokerName(), "broker of the route");
        Cluster.equal(4, route.getQueueDatas().get(0).getReadQueueNums(), "read queues of the route");

        Set<String> sent = cluster.send(topic, "mixed", 100);
        cluster.expectBodies(topic, sent);
    }
}

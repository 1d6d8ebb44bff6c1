import java.util.Map;

/** The client of 4.9.7, the one to make perfect first, and its mqadmin. */
public final class ReferenceClient {
    static Map<String, Cases.Case> cases() {
        Map<String, Cases.Case> cases = LiteClient.cases();
        cases.put("consume_100000_bodies_by_hash", Bulk::byHash);
        cases.put("clusterList", Brokers::clusterList);
        cases.put("brokerStatus", Brokers::brokerStatus);
        cases.put("getBrokerConfig", Brokers::getConfig);
        cases.put("updateBrokerConfig", Brokers::updateConfig);
        cases.put("wipeWritePerm", Brokers::wipeWritePermission);
        cases.put("addWritePerm", Brokers::addWritePermission);
        cases.put("updateKvConfig", Brokers::updateKvConfig);
        cases.put("deleteKvConfig", Brokers::deleteKvConfig);
        cases.put("updateTopic", Topics::update);
        cases.put("topicList", Topics::list);
        cases.put("topicRoute", Topics::route);
        cases.put("topicStatus", Topics::status);
        cases.put("deleteTopic", Topics::delete);
        cases.put("consumerProgress", Groups::consumerProgress);
        cases.put("consumerConnection", Groups::consumerConnection);
        cases.put("producerConnection", Groups::producerConnection);
        cases.put("sendMessage", Messages::send);
        cases.put("consumeMessage", Messages::consume);
        cases.put("queryMsgByOffset", Messages::queryByOffset);
        cases.put("route_send_consume", Mixed::routeSendConsume);
        cases.put("load_until_refused", Crash::loadUntilRefused);
        cases.put("read_back", Crash::readBack);
        return cases;
    }

    public static void main(String[] arguments) throws Exception {
        Cases.run(cases(), arguments);
    }
}

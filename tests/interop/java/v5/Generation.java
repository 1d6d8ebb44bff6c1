import java.util.Map;
import java.util.function.Consumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;

/** What the 5.x clients call otherwise than the 4.x ones. */
final class Generation {
    static void createTopic(DefaultMQProducer by, String likeTopic, String topic, int queues) throws MQClientException {
        by.createTopic(likeTopic, topic, queues, Map.of());
    }

    static Consumer<DefaultMQPushConsumer> broadcasting() {
        return consumer -> consumer.setMessageModel(MessageModel.BROADCASTING);
    }
}

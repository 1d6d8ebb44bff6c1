import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/** Sends until the broker is gone, and later looks for what was acknowledged. The file is in the property `acknowledged`. */
final class Crash {
    private static final String TOPIC = "UnderLoad";
    private static final int SENDERS = 8;

    private static Path file() {
        return Path.of(System.getProperty("acknowledged"));
    }

    static void loadUntilRefused(Cluster cluster) throws Exception {
        ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        AtomicInteger count = new AtomicInteger();
        DefaultMQProducer producer = cluster.producer();
        producer.setRetryTimesWhenSendFailed(0);
        producer.setSendMsgTimeout(3000);
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        List<Future<?>> running = new ArrayList<>();
        for (int s = 0; s < SENDERS; s++) {
            int sender = s;
            running.add(senders.submit(() -> {
                for (int i = 0;; i++) {
                    String body = "load " + sender + " " + i;
                    SendResult result = producer.send(new Message(TOPIC, body.getBytes()));
                    Cluster.equal(SendStatus.SEND_OK, result.getSendStatus(), "send");
                    acknowledged.add(body);
                    if (count.incrementAndGet() == 5000) System.out.println("5000 acknowledged");
                }
            }));
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (java.util.concurrent.ExecutionException e) {
                Cluster.check(!(e.getCause() instanceof AssertionError), String.valueOf(e.getCause())); // else: refused, the end
            }
        }
        senders.shutdown();
        Files.write(file(), acknowledged);
    }

    static void readBack(Cluster cluster) throws Exception {
        Set<String> wanted = new TreeSet<>(Files.readAllLines(file()));
        Cluster.check(wanted.size() >= 5000, "only " + wanted.size() + " were acknowledged");
        Cluster.await(60, () -> cluster.brokersOf(TOPIC) > 0, () -> "no route to " + TOPIC);
        try (Cluster.Member reader = cluster.join(Cluster.fresh("readers"), TOPIC)) {
            // More may be stored than was acknowledged: wait for what must be there.
            Cluster.await(60, () -> reader.received.size() >= wanted.size() && reader.bodies().containsAll(wanted), () -> {
                wanted.removeAll(reader.bodies());
                return wanted.size() + " acknowledged messages are lost, such as " + wanted.stream().findFirst();
            });
        }
    }
}

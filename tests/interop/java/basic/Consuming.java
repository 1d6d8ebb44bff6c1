import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** Push consumers: who gets what. */
final class Consuming {
    private static final int QUEUES = 4;

    /** A group takes each message once, and goes on where it had stopped. */
    static void concurrently(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Concurrently", QUEUES);
        String group = Cluster.fresh("concurrently");
        for (String visit : List.of("first", "second")) {
            Set<String> sent = cluster.send(topic, visit, 100);
            try (Cluster.Member member = cluster.join(group, topic)) {
                Cluster.await(60, () -> member.received.size() >= 100, () -> member.received.size() + " of 100 came");
                Cluster.equal(sent, member.bodies(), "what came on the " + visit + " visit");
                Cluster.equal(100, member.received.size(), "each message once");
            } // tells the brokers how far it came
        }
    }

    /** Two members share the queues and split the messages. */
    static void clustering(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Clustering", QUEUES);
        String group = Cluster.fresh("clustering");
        try (Cluster.Member one = cluster.join(group, topic); Cluster.Member two = cluster.join(group, topic)) {
            awaitHalves(cluster, topic, one, two);
            Set<String> sent = cluster.send(topic, "shared", 200);
            // One run in twenty or thirty of the 5.3.3 client takes 32 s, with Java's own broker too: it gives a pull
            // up after 30 s, and asks again.
            Cluster.await(60, () -> one.received.size() + two.received.size() >= sent.size(),
                () -> one.received.size() + " + " + two.received.size() + " of " + sent.size() + " came");
            Set<String> both = new TreeSet<>(one.bodies());
            both.addAll(two.bodies());
            Cluster.equal(sent, both, "what both got");
            Cluster.equal(sent.size(), one.received.size() + two.received.size(), "each message once");
            Cluster.check(!one.received.isEmpty() && !two.received.isEmpty(), "one member got nothing");
        }
    }

    private static void awaitHalves(Cluster cluster, String topic, Cluster.Member one, Cluster.Member two) throws Exception {
        int half = QUEUES * cluster.masters / 2;
        Cluster.await(60, () -> one.queues(topic) == half && two.queues(topic) == half,
            () -> "shares are " + one.queues(topic) + " and " + two.queues(topic) + " of " + 2 * half);
    }

    static void broadcasting(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Broadcasting", QUEUES);
        String group = Cluster.fresh("broadcasting");
        try (Cluster.Member one = cluster.new Member(group, topic, "*", Generation.broadcasting());
             Cluster.Member two = cluster.new Member(group, topic, "*", Generation.broadcasting())) {
            Set<String> sent = cluster.send(topic, "to everybody", 100);
            Cluster.await(60, () -> one.received.size() >= 100 && two.received.size() >= 100,
                () -> one.received.size() + " and " + two.received.size() + " of 100 came");
            Cluster.equal(sent, one.bodies(), "what the first got");
            Cluster.equal(sent, two.bodies(), "what the second got");
        }
    }

    /** A message is sent each millisecond while a second member joins and the first leaves: each is seen, maybe twice. */
    static void joinAndLeave(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("JoinAndLeave", QUEUES);
        String group = Cluster.fresh("join_and_leave");
        Set<String> sent = new ConcurrentSkipListSet<>();
        ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
        AtomicInteger number = new AtomicInteger();
        Set<String> seen = new TreeSet<>();
        try (Cluster.Member leaves = cluster.join(group, topic)) {
            AtomicReference<Exception> trouble = new AtomicReference<>();
            sender.scheduleAtFixedRate(() -> {
                String body = "on and on " + number.getAndIncrement();
                try {
                    cluster.producer().send(new Message(topic, body.getBytes()));
                    sent.add(body);
                } catch (Exception e) {
                    trouble.compareAndSet(null, e);
                }
            }, 0, 1, TimeUnit.MILLISECONDS);
            Cluster.await(60, () -> leaves.received.size() >= 100, () -> leaves.received.size() + " of 100 came");
            try (Cluster.Member stays = cluster.join(group, topic)) {
                awaitHalves(cluster, topic, leaves, stays);
                Cluster.await(60, () -> stays.received.size() >= 100, () -> stays.received.size() + " came to the second");
                leaves.close();
                seen.addAll(leaves.bodies());
                int all = QUEUES * cluster.masters;
                Cluster.await(60, () -> stays.queues(topic) == all, () -> "has " + stays.queues(topic) + " of " + all);
                sender.shutdown();
                Cluster.check(sender.awaitTermination(60, TimeUnit.SECONDS), "the last send did not end");
                if (trouble.get() != null) throw trouble.get();
                Cluster.await(60, () -> {
                    seen.addAll(stays.bodies());
                    return seen.containsAll(sent);
                }, () -> missing(sent, seen));
            }
        } finally {
            sender.shutdown();
        }
        Cluster.equal(sent, seen, "what both saw");
    }

    private static String missing(Set<String> sent, Set<String> seen) {
        Set<String> lost = new TreeSet<>(sent);
        lost.removeAll(seen);
        return lost.size() + " of " + sent.size() + " were not seen, such as " + lost.stream().findFirst().orElse("none");
    }

    /** Every queue gets wanted and unwanted tags, and at last a wanted one: then nothing can come later. */
    static void tags(Cluster cluster) throws Exception {
        String topic = cluster.newTopic("Tags", 2);
        List<MessageQueue> queues = cluster.queuesOf(topic);
        Set<String> wanted = new TreeSet<>();
        for (MessageQueue queue : queues) {
            for (String tag : new String[] {"TagA", "TagB", "", "TagC", "TagB", "TagA"}) {
                String body = tag + " " + queue.getBrokerName() + " " + queue.getQueueId() + " " + wanted.size();
                cluster.producer().send(new Message(topic, tag, body.getBytes()), queue);
                if (tag.equals("TagA") || tag.equals("TagC")) wanted.add(body);
            }
        }
        try (Cluster.Member member = cluster.new Member(Cluster.fresh("tags"), topic, "TagA || TagC", consumer -> { })) {
            Cluster.await(60, () -> member.received.size() >= wanted.size(),
                () -> member.received.size() + " of " + wanted.size() + " came");
            Cluster.equal(wanted, member.bodies(), "what passed the filter");
        }
    }
}

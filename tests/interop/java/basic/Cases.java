import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs cases against the cluster of a NameServer, in one JVM: `Cases NAMESRV MASTERS CASE...`, begun when that many
 * masters are registered. Prints one line per case, `ok NAME` or `FAILED NAME: why`; ends with 0 when all passed.
 */
public final class Cases {
    private static final long CASE_SECONDS = 150;

    interface Case {
        void run(Cluster cluster) throws Exception;
    }

    private static Map<String, Case> all() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("send_sync", Producing::sync);
        cases.put("send_async", Producing::async);
        cases.put("send_one_way", Producing::oneWay);
        cases.put("send_batch", Producing::batch);
        cases.put("send_with_selector", Producing::selector);
        cases.put("consume_clustering_two_members_one_leaves", Consuming::clustering);
        cases.put("consume_broadcasting", Consuming::broadcasting);
        cases.put("consume_tag_expression", Consuming::tags);
        cases.put("consume_100000_bodies_by_hash", Consuming::bulk);
        cases.put("mqadmin_updateTopic", Admin::updateTopic);
        cases.put("mqadmin_clusterList", Admin::clusterList);
        cases.put("mqadmin_topicList", Admin::topicList);
        cases.put("mqadmin_topicRoute", Admin::topicRoute);
        cases.put("mqadmin_topicStatus", Admin::topicStatus);
        cases.put("mqadmin_brokerStatus", Admin::brokerStatus);
        cases.put("mqadmin_consumerProgress", Admin::consumerProgress);
        cases.put("mqadmin_deleteTopic", Admin::deleteTopic);
        cases.put("route_send_consume", Mixed::routeSendConsume);
        cases.put("load_until_refused", Crash::loadUntilRefused);
        cases.put("read_back", Crash::readBack);
        return cases;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Case> cases = all();
        ExecutorService runner = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "case");
            thread.setDaemon(true);
            return thread;
        });
        boolean passed = true;
        try (Cluster cluster = new Cluster(arguments[0])) {
            cluster.awaitMasters(Integer.parseInt(arguments[1]));
            for (int i = 2; i < arguments.length; i++) {
                passed &= runOne(runner, arguments[i], cases.get(arguments[i]), cluster);
            }
        }
        System.exit(passed ? 0 : 1); // the clients' own threads would keep the JVM alive
    }

    private static boolean runOne(ExecutorService runner, String name, Case test, Cluster cluster) throws Exception {
        String why;
        Future<?> running = runner.submit(() -> {
            test.run(cluster);
            return null;
        });
        try {
            running.get(CASE_SECONDS, TimeUnit.SECONDS);
            System.out.println("ok " + name);
            return true;
        } catch (ExecutionException e) {
            why = String.valueOf(e.getCause());
            e.getCause().printStackTrace();
        } catch (TimeoutException e) {
            why = "did not end in " + CASE_SECONDS + " s";
            running.cancel(true);
        }
        System.out.println("FAILED " + name + ": " + why.replace('\n', ' '));
        return false;
    }
}

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs cases against the cluster of a NameServer, in one JVM: `NAMESRV MASTERS CASE...`, begun when that many masters
 * are registered. Prints one line per case, `ok NAME` or `FAILED NAME: why`; ends with 0 when all passed.
 */
final class Cases {
    private static final long CASE_SECONDS = 150;

    interface Case {
        void run(Cluster cluster) throws Exception;
    }

    static void run(Map<String, Case> known, String[] arguments) throws Exception {
        ExecutorService runner = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "case");
            thread.setDaemon(true);
            return thread;
        });
        boolean passed = true;
        try (Cluster cluster = new Cluster(arguments[0], Integer.parseInt(arguments[1]))) {
            for (int i = 2; i < arguments.length; i++) {
                passed &= runOne(runner, arguments[i], known.get(arguments[i]), cluster);
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

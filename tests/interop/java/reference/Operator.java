import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.rocketmq.common.protocol.route.BrokerData;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;
import org.apache.rocketmq.tools.command.MQAdminStartup;

/** mqadmin as it is typed, what it prints as tables, and what the admin interface says to check it by. */
final class Operator {
    interface Question<T> {
        T ask(DefaultMQAdminExt admin) throws Exception;
    }

    static <T> T ask(Cluster cluster, Question<T> question) throws Exception {
        DefaultMQAdminExt admin = new DefaultMQAdminExt(20000);
        admin.setNamesrvAddr(cluster.namesrv);
        admin.setInstanceName(Cluster.fresh("admin"));
        admin.start();
        try {
            return question.ask(admin);
        } finally {
            admin.shutdown();
        }
    }

    static List<BrokerData> masters(Cluster cluster) throws Exception {
        return ask(cluster, admin -> new ArrayList<>(admin.examineBrokerClusterInfo().getBrokerAddrTable().values()));
    }

    /** Commands keep their clients, which are shut down after the first use. */
    private static final class Commands extends MQAdminStartup {
        static void forget() {
            subCommandList.clear();
        }
    }

    /** Runs one command line, which must do what it should, and returns what it printed. */
    static String mqadmin(Cluster cluster, String... words) {
        String text = attempt(cluster, words);
        Cluster.check(!text.contains("Exception"), words[0] + " printed: " + text);
        return text;
    }

    /** As mqadmin(); it may fail, and then prints the exception. */
    static String attempt(Cluster cluster, String... words) {
        List<String> line = new ArrayList<>(Arrays.asList(words));
        line.addAll(List.of("-n", cluster.namesrv));
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(printed, true);
        System.setOut(both);
        System.setErr(both);
        try {
            Commands.forget();
            MQAdminStartup.main0(line.toArray(new String[0]), null);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.toString();
    }

    static void contains(String text, String... parts) {
        for (String part : parts) Cluster.check(text.contains(part), "no '" + part + "' in: " + text);
    }

    /** The rows of a printed table that match, split at blanks. */
    static List<String[]> rows(String text, String regex) {
        return text.lines().filter(line -> Pattern.compile(regex).matcher(line).find())
            .map(line -> line.trim().split("\\s+")).collect(Collectors.toList());
    }

    static int count(String text, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        int found = 0;
        while (matcher.find()) found++;
        return found;
    }

    static long sum(List<String[]> rows, int column) {
        return rows.stream().mapToLong(row -> Long.parseLong(row[column])).sum();
    }
}

import java.util.LinkedHashMap;
import java.util.Map;

/** What every Java client of 4.5.2 and later can do. */
public final class BasicClient {
    static Map<String, Cases.Case> cases() {
        Map<String, Cases.Case> cases = new LinkedHashMap<>();
        cases.put("send_sync", Producing::sync);
        cases.put("send_makes_topic", Producing::makesTopic);
        cases.put("send_async", Producing::async);
        cases.put("send_one_way", Producing::oneWay);
        cases.put("send_batch", Producing::batch);
        cases.put("send_with_selector", Producing::selector);
        cases.put("send_to_queue", Producing::toQueue);
        cases.put("consume_concurrently", Consuming::concurrently);
        cases.put("consume_clustering", Consuming::clustering);
        cases.put("consume_broadcasting", Consuming::broadcasting);
        cases.put("consume_join_and_leave", Consuming::joinAndLeave);
        cases.put("consume_tag_expression", Consuming::tags);
        cases.put("start_at_first", Starting::first);
        cases.put("start_at_last", Starting::last);
        cases.put("start_at_timestamp", Starting::timestamp);
        cases.put("pull_consumer", Pulling::pull);
        cases.put("message_of_4_mb", Limits::largest);
        cases.put("message_too_large", Limits::tooLarge);
        cases.put("unknown_topic", Limits::unknownTopic);
        return cases;
    }

    public static void main(String[] arguments) throws Exception {
        Cases.run(cases(), arguments);
    }
}

import java.util.Map;

/** What the clients of 4.6 and later can do. */
public final class LiteClient {
    static Map<String, Cases.Case> cases() {
        Map<String, Cases.Case> cases = BasicClient.cases();
        cases.put("lite_pull_subscribe", LitePulling::subscribe);
        cases.put("lite_pull_assign", LitePulling::assign);
        return cases;
    }

    public static void main(String[] arguments) throws Exception {
        Cases.run(cases(), arguments);
    }
}

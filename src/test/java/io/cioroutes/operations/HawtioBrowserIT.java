package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.sandbox.Fault;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** An operator's visit to Hawtio, in a real browser. Its pictures are those of the documentation. */
class HawtioBrowserIT extends ProdService {

    private static final String TRACK = "{\"userId\": \"u%1$d\", \"name\": \"order\", \"data\": {\"seq\": %1$d}}";
    private static final String IDENTIFY = "{\"userId\": \"u%1$d\", \"attrs\": {\"plan\": \"pro\", \"seq\": %1$d}}";

    /** The count in the box of the call to Customer.io. */
    private static final By CALLS =
            By.xpath("//*[@class='camel-node-id'][contains(., 'track-call-http')]/../*[@class='number']");

    @Test
    void anOperatorWatchesARouteAndReplaysADeadLetter() {
        try (Browser browser = Browser.openOrSkip()) {
            String console = "http://127.0.0.1:" + port + "/actuator/hawtio/";
            browser.open(console);
            assertThat(browser.url()).endsWith("/login");
            logIn(browser, "wrong");
            assertThat(browser.url()).contains("error");
            logIn(browser, PASSWORD);

            publish("track", TRACK, 1, 50);
            browser.open(console + "camel");
            browser.click("routes");
            browser.text(By.tagName("table"), text -> text.contains("track-call") && text.contains("Started"));
            browser.picture("hawtio-routes");
            browser.click("track-call");
            browser.click("Route Diagram");
            int before = Integer.parseInt(browser.text(CALLS, text -> text.matches("[1-9]\\d*")));
            publish("track", TRACK, 51, 300);
            int after = Integer.parseInt(browser.text(CALLS, text -> Integer.parseInt(text) > before));
            assertThat(after).isGreaterThan(before);
            browser.picture("hawtio-diagram");

            SANDBOX.fault(Fault.status(422).path("/api/v2/batch"));
            publish("identify", IDENTIFY, 1001, 2);
            await().atMost(PATIENCE).until(() -> waiting("cio.identify.dlq") == 2);
            SANDBOX.fault();
            browser.open(console + "jmx");
            browser.click(By.cssSelector("[id='io.cioroutes-folder'] .pf-v5-c-tree-view__node-toggle"));
            browser.click("DeadLetters");
            browser.click("Operations");
            String list = execute(browser, "list", "queue", "identify", "offset", "0", "limit", "10");
            assertThat(list).contains("identify-1001", "rejected", "422");
            browser.picture("hawtio-dead-letters");
            String id = list.replaceFirst("(?s).*?\"id\"\\s*:\\s*\"([0-9a-f]{16})\".*", "$1");
            String outcome = execute(browser, "replayOne", "queue", "identify", "id", id);
            assertThat(outcome.replaceAll("\\s", "")).contains("\"done\":1");
            browser.picture("hawtio-replay");

            await().atMost(PATIENCE).until(() -> SANDBOX.person("u1001") != null || SANDBOX.person("u1002") != null);
            assertThat(waiting("cio.identify.dlq")).isEqualTo(1);
        }
    }

    private static void logIn(Browser browser, String password) {
        browser.type(By.name("username"), OPERATOR);
        browser.type(By.name("password"), password);
        browser.click(By.cssSelector("button[type=submit]"));
    }

    /** Fills in the form of an operation, executes it, and returns what is shown as its result. */
    private static String execute(Browser browser, String operation, String... arguments) {
        String item = "//li[starts-with(@aria-labelledby, 'operation " + operation + "(')]";
        browser.click(By.xpath(item + "//button[@aria-label='Details']"));
        for (int i = 0; i < arguments.length; i += 2) {
            browser.type(By.xpath(item + "//input[contains(@id, '-input-" + arguments[i] + "-')]"), arguments[i + 1]);
        }
        browser.click(By.xpath(item + "//button[normalize-space()='Execute']"));
        By result = By.xpath(item + "//section[starts-with(@id, 'operation-result-')]");
        String text = browser.text(result, found -> found.contains("}"));
        browser.scrollTo(By.xpath(item + "//button[normalize-space()='Execute']"));
        return text;
    }
}

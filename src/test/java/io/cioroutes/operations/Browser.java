package io.cioroutes.operations;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A person at a browser: Chromium without a window, that looks, clicks and types, and takes pictures of what it sees. */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Path PICTURES = Path.of("target", "pictures");

    private final ChromeDriverService service;
    private final ChromeDriver driver;

    private Browser(File chromium, File chromedriver) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium);
        options.addArguments(
                "--headless=new",
                // As root, for example in a container, Chromium needs this.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--window-size=1400,900");
        service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver)
                .usingAnyFreePort()
                .withSilent(true)
                .build();
        driver = new ChromeDriver(service, options);
    }

    /** Opens one, or skips the calling test, loudly, where there is none. */
    static Browser openOrSkip() {
        Optional<File> chromium = onPath("chromium", "chromium-browser", "google-chrome");
        Optional<File> chromedriver = onPath("chromedriver");
        boolean available = chromium.isPresent() && chromedriver.isPresent();
        String reason = "SKIPPED: this test needs Chromium and its driver (Debian: chromium, chromium-driver).";
        if (!available) {
            System.out.println(reason);
        }
        Assumptions.assumeTrue(available, reason);
        return new Browser(chromium.orElseThrow(), chromedriver.orElseThrow());
    }

    private static Optional<File> onPath(String... names) {
        List<Path> directories = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(Path::of)
                .toList();
        return Stream.of(names)
                .flatMap(name -> directories.stream().map(directory -> directory.resolve(name)))
                .filter(Files::isExecutable)
                .map(Path::toFile)
                .findFirst();
    }

    void open(String url) {
        driver.get(url);
    }

    String url() {
        return driver.getCurrentUrl();
    }

    /** Clicks the first thing with this text, as soon as it can be clicked. */
    void click(String text) {
        click(By.xpath("//*[normalize-space(text())='" + text + "']"));
    }

    void click(By what) {
        await("click " + what, at -> {
            for (WebElement element : at.findElements(what)) {
                if (element.isDisplayed()) {
                    element.click();
                    return true;
                }
            }
            return false;
        });
    }

    void type(By where, String text) {
        await("type into " + where, at -> {
            WebElement field = at.findElement(where);
            field.clear();
            field.sendKeys(text);
            return true;
        });
    }

    /** The text of the first thing of this kind, as soon as it fits. */
    String text(By where, Function<String, Boolean> fits) {
        return await("text of " + where, at -> {
            String text = at.findElement(where).getText();
            return fits.apply(text) ? text : null;
        });
    }

    /** Makes something come into sight. */
    void scrollTo(By where) {
        WebElement element = await("scroll to " + where, at -> at.findElement(where));
        ((JavascriptExecutor) driver).executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
    }

    /** Takes a picture, kept under {@code target/pictures}. */
    void picture(String name) {
        try {
            Files.createDirectories(PICTURES);
            Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void page(String name) {
        try {
            Files.writeString(PICTURES.resolve(name + ".html"), driver.getPageSource());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> T await(String what, Function<WebDriver, T> condition) {
        try {
            return new WebDriverWait(driver, PATIENCE)
                    .ignoring(WebDriverException.class)
                    .withMessage(what)
                    .until(condition);
        } catch (WebDriverException e) {
            picture("failed");
            page("failed");
            throw e;
        }
    }

    @Override
    public void close() {
        driver.quit();
        service.stop();
    }
}

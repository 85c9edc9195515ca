package io.cioroutes.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.Color;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws the dashboard of {@code deploy/grafana} without Grafana, for the docs: its panels in their order, with what
 * Prometheus answers to the panel's own queries. Arguments: the URL of Prometheus, the minutes until now, the PNG to
 * write. Fails where a query does; a panel without data stays empty.
 */
final class DashboardPicture {
    private static final Path DASHBOARD = Path.of("deploy", "grafana", "dashboards", "customerio-routes.json");
    private static final int WIDTH = 480;
    private static final int HEIGHT = 300;
    /** XChart wants full rows; the dashboard has 20 panels. */
    private static final int COLUMNS = 4;

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String prometheus;
    private final Instant to = Instant.now();
    private final Instant from;

    private DashboardPicture(String prometheus, Duration span) {
        this.prometheus = prometheus;
        this.from = to.minus(span);
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("java.awt.headless", "true");
        DashboardPicture picture = new DashboardPicture(arguments[0], Duration.ofMinutes(Long.parseLong(arguments[1])));
        List<XYChart> charts = new ArrayList<>();
        for (JsonNode panel : JSON.readTree(DASHBOARD.toFile()).get("panels")) {
            charts.add(picture.chart(panel));
        }
        BitmapEncoder.saveBitmap(charts, charts.size() / COLUMNS, COLUMNS, arguments[2], BitmapFormat.PNG);
    }

    private XYChart chart(JsonNode panel) throws IOException, InterruptedException {
        String unit = panel.at("/fieldConfig/defaults/unit").asText();
        Scale scale = Scale.of(unit);
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(panel.get("title").asText() + scale.suffix())
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE);
        chart.getStyler()
                .setDatePattern("HH:mm")
                .setXAxisTickMarkSpacingHint(90)
                .setYAxisMin(0.0);
        for (JsonNode target : panel.get("targets")) {
            for (JsonNode series : range(target.get("expr").asText())) {
                add(chart, legend(target.path("legendFormat").asText(), series.get("metric")), series, scale);
            }
        }
        return chart;
    }

    private static void add(XYChart chart, String name, JsonNode series, Scale scale) {
        List<Date> times = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (JsonNode sample : series.get("values")) {
            double value = Double.parseDouble(sample.get(1).asText());
            if (Double.isFinite(value)) {
                times.add(Date.from(Instant.ofEpochSecond(sample.get(0).asLong())));
                values.add(value * scale.factor());
            }
        }
        if (!times.isEmpty()) {
            chart.addSeries(name, times, values).setMarker(SeriesMarkers.NONE);
        }
    }

    private static String legend(String format, JsonNode labels) {
        String legend = format;
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            legend = legend.replace(
                    "{{" + label.getKey() + "}}", label.getValue().asText());
        }
        return legend;
    }

    private JsonNode range(String query) throws IOException, InterruptedException {
        URI uri = URI.create("%s/api/v1/query_range?query=%s&start=%d&end=%d&step=5"
                .formatted(
                        prometheus,
                        URLEncoder.encode(query, StandardCharsets.UTF_8),
                        from.getEpochSecond(),
                        to.getEpochSecond()));
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(query + " was answered " + response.body());
        }
        return JSON.readTree(response.body()).at("/data/result");
    }

    /** How a unit of Grafana is written on an axis. */
    private record Scale(double factor, String suffix) {
        static Scale of(String unit) {
            return switch (unit) {
                case "bytes" -> new Scale(1e-6, ", MB");
                case "percentunit" -> new Scale(100, ", %");
                case "s" -> new Scale(1, ", s");
                case "ops", "reqps" -> new Scale(1, ", per second");
                default -> new Scale(1, "");
            };
        }
    }
}

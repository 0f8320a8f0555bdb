package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.example.server.reading.CsvExport;
import io.github.mqttmanager.example.server.reading.ReadingView;
import io.github.mqttmanager.example.server.reading.SensorData;
import io.github.mqttmanager.example.server.reading.SensorData.Aggregate;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.propertyeditors.StringArrayPropertyEditor;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What the devices of the user who asks have measured: message by message, summed up over spans of time, and as a file. */
@RestController
@RequestMapping("/api/mqtt-brokers/devices/{id}")
class ReadingController {
    private static final String CSV = "text/csv";
    private static final int MAX_READINGS = 2000;
    private static final int MAX_BUCKETS = 2000;
    private static final int MAX_METRICS = 10;
    private static final int MAX_EXPORTED_METRICS = 100;
    private static final int MAX_WIDTH = 31 * 86_400;
    private static final Duration LONGEST = Duration.ofDays(366);

    /** Of buckets of which only the number is given, so that they begin where people expect it. */
    private static final long[] WIDTHS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400
    };

    private final DeviceService devices;
    private final SensorData sensorData;
    private final CsvExport export;

    ReadingController(DeviceService devices, SensorData sensorData, CsvExport export) {
        this.devices = devices;
        this.sensorData = sensorData;
        this.export = export;
    }

    /** Names may have commas, which are no end of them. */
    @InitBinder
    void namesAsTheyAre(WebDataBinder binder) {
        binder.registerCustomEditor(String[].class, new StringArrayPropertyEditor(null));
    }

    @GetMapping(path = "/readings", produces = MediaType.APPLICATION_JSON_VALUE)
    List<ReadingView> readings(
            @AuthenticationPrincipal SignedIn user,
            @PathVariable long id,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String limit) {
        Device device = devices.get(user.owner(), id);
        ReadingRange range = new ReadingRange();
        Instant begin = range.time("from", from);
        Instant end = range.time("to", to);
        int size = range.number("limit", limit, 100, MAX_READINGS);
        range.check();
        return sensorData.page(device.id(), begin, end, size);
    }

    @GetMapping(path = "/readings/buckets", produces = MediaType.APPLICATION_JSON_VALUE)
    List<BucketView> buckets(
            @AuthenticationPrincipal SignedIn user,
            @PathVariable long id,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) String @Nullable [] metric,
            @RequestParam(required = false) @Nullable String width,
            @RequestParam(required = false) @Nullable String points) {
        Device device = devices.get(user.owner(), id);
        ReadingRange range = new ReadingRange();
        Instant end = range.time("to", to);
        end = end == null ? Instant.now() : end;
        Instant begin = range.time("from", from);
        begin = begin == null ? end.minus(Duration.ofDays(1)) : begin;
        range.checkOrder(begin, end, LONGEST);
        List<String> metrics = range.metrics(metric, MAX_METRICS);
        int most = range.number("points", points, 300, MAX_BUCKETS);
        long seconds = range.number("width", width, 0, MAX_WIDTH);
        if (width != null && points != null) {
            range.refuse("points", "must not be there together with width");
        }
        range.check();
        long span = Math.max(1, Duration.between(begin, end).toSeconds());
        if (seconds == 0) {
            seconds = width(span, most);
        } else if (span / seconds >= MAX_BUCKETS) {
            range.refuse("width", "is too small: that would be more than " + MAX_BUCKETS + " buckets");
            range.check();
        }
        return buckets(device, begin, end, seconds, metrics);
    }

    private static long width(long span, int most) {
        for (long width : WIDTHS) {
            if (span <= width * most) {
                return width;
            }
        }
        long days = 86_400L * most;
        return 86_400 * ((span + days - 1) / days);
    }

    private List<BucketView> buckets(Device device, Instant from, Instant to, long seconds, List<String> metrics) {
        List<String> names = metrics.isEmpty() ? sensorData.names(device.id(), from, to, MAX_METRICS) : metrics;
        if (names.isEmpty()) {
            return List.of();
        }
        Map<Instant, Map<String, Aggregate>> found = sensorData.aggregates(device.id(), from, to, seconds, names);
        Set<String> seen = new HashSet<>();
        found.values().forEach(values -> seen.addAll(values.keySet()));
        List<String> unknown =
                names.stream().filter(name -> !seen.contains(name)).toList();
        if (!unknown.isEmpty() && !sensorData.page(device.id(), from, to, 1).isEmpty()) {
            ReadingRange range = new ReadingRange();
            range.refuse("metric", "is in no reading of this time");
            range.check();
        }
        return found.entrySet().stream()
                .map(bucket -> new BucketView(bucket.getKey(), seconds, bucket.getValue()))
                .toList();
    }

    @GetMapping(path = "/readings.csv", produces = CSV)
    @ApiResponse(
            responseCode = "200",
            description = "a file with the columns time, device_id, device_name, metric and value, newest first",
            content = @Content(mediaType = CSV, schema = @Schema(implementation = String.class)))
    void csv(
            @AuthenticationPrincipal SignedIn user,
            @PathVariable long id,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) String @Nullable [] metric,
            HttpServletResponse response)
            throws IOException {
        Device device = devices.get(user.owner(), id);
        ReadingRange range = new ReadingRange();
        Instant begin = range.time("from", from);
        Instant end = range.time("to", to);
        List<String> metrics = range.metrics(metric, MAX_EXPORTED_METRICS);
        range.check();
        try (CsvExport.Turn turn = export.turn(user.id())) {
            response.setContentType(CSV + ";charset=UTF-8");
            response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
            response.setHeader(
                    HttpHeaders.CONTENT_DISPOSITION,
                    ContentDisposition.attachment()
                            .filename(fileName(device))
                            .build()
                            .toString());
            turn.write(
                    device,
                    begin == null ? Instant.EPOCH : begin,
                    end == null ? Instant.now() : end,
                    Set.copyOf(metrics),
                    response.getOutputStream());
        }
    }

    /** Such as no system dislikes. */
    private static String fileName(Device device) {
        return "readings-" + device.topicName().replaceAll("[^A-Za-z0-9_-]", "_") + ".csv";
    }
}

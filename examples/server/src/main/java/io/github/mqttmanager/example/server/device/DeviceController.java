package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.example.server.reading.ReadingView;
import io.github.mqttmanager.example.server.reading.SensorData;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.example.server.web.Problem.FieldError;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Devices of the user who asks, what they measured, and commands to them. */
@RestController
@RequestMapping(path = "/api/mqtt-brokers/devices", produces = MediaType.APPLICATION_JSON_VALUE)
class DeviceController {
    private static final int MAX_READINGS = 2000;
    private static final long DAY = 86_400;

    private final DeviceService devices;
    private final SensorData sensorData;

    DeviceController(DeviceService devices, SensorData sensorData) {
        this.devices = devices;
        this.sensorData = sensorData;
    }

    @GetMapping
    List<DeviceView> list(@AuthenticationPrincipal SignedIn user) {
        return devices.views(devices.all(user.owner()));
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = DeviceInput.class)))
    ResponseEntity<DeviceView> create(@AuthenticationPrincipal SignedIn user, RequestFields fields) {
        Device device = devices.create(user.user(), fields);
        return ResponseEntity.created(URI.create("/api/mqtt-brokers/devices/" + device.id()))
                .body(devices.view(device));
    }

    @GetMapping("/{id}")
    DeviceView get(@AuthenticationPrincipal SignedIn user, @PathVariable long id) {
        return devices.view(devices.get(user.owner(), id));
    }

    @PutMapping(path = "/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = DeviceInput.class)))
    DeviceView update(@AuthenticationPrincipal SignedIn user, @PathVariable long id, RequestFields fields) {
        return devices.view(devices.update(user.user(), id, fields));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@AuthenticationPrincipal SignedIn user, @PathVariable long id) {
        devices.delete(user.user(), id);
    }

    @GetMapping("/{id}/readings")
    List<ReadingView> readings(
            @AuthenticationPrincipal SignedIn user,
            @PathVariable long id,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String limit) {
        Device device = devices.get(user.owner(), id);
        List<FieldError> errors = new ArrayList<>();
        Instant begin = time("from", from, errors);
        Instant end = time("to", to, errors);
        int size = limit(limit, errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return sensorData.page(device.id(), begin, end, size);
    }

    private static @Nullable Instant time(String field, @Nullable String text, List<FieldError> errors) {
        if (text == null) {
            return null;
        }
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.parse("9999-01-01T00:00:00Z"))) {
                errors.add(new FieldError(field, "must be between 1970 and 9999"));
            }
            return time;
        } catch (DateTimeException e) {
            errors.add(new FieldError(field, "must be an ISO time such as 2026-11-23T10:15:30Z"));
            return null;
        }
    }

    private static int limit(@Nullable String text, List<FieldError> errors) {
        if (text == null) {
            return 100;
        }
        if (text.matches("[0-9]{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_READINGS) {
                return limit;
            }
        }
        errors.add(new FieldError("limit", "must be a whole number between 1 and " + MAX_READINGS));
        return 1;
    }

    @PostMapping(path = "/{id}/commands", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CommandInput.class)))
    CompletableFuture<CommandView> command(
            @AuthenticationPrincipal SignedIn user, @PathVariable long id, RequestFields fields) {
        Device device = devices.get(user.owner(), id);
        JsonNode payload = fields.any("payload");
        boolean durable = fields.flag("durable", false);
        Duration expiry = Duration.ofSeconds(fields.number("expires_in", DAY, 1, 30 * DAY));
        if (fields.has("expires_in") && !durable) {
            fields.refuse("expires_in", "is for durable commands");
        }
        fields.check();
        String text = payload.isString() ? payload.stringValue() : payload.toString();
        return durable
                ? CompletableFuture.completedFuture(devices.store(device, text, expiry))
                : devices.command(device, text);
    }
}

package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Devices of the user who asks, and commands to them. */
@RestController
@RequestMapping(path = "/api/mqtt-brokers/devices", produces = MediaType.APPLICATION_JSON_VALUE)
class DeviceController {
    private static final long DAY = 86_400;

    private final DeviceService devices;

    DeviceController(DeviceService devices) {
        this.devices = devices;
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

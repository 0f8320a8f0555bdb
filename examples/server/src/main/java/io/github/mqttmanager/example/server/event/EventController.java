package io.github.mqttmanager.example.server.event;

import io.github.mqttmanager.example.server.broker.BrokerService;
import io.github.mqttmanager.example.server.broker.StatusView;
import io.github.mqttmanager.example.server.device.DeviceService;
import io.github.mqttmanager.example.server.device.DeviceView;
import io.github.mqttmanager.example.server.stream.EventHub;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The event stream of the user who asks. */
@RestController
@RequestMapping("/api/mqtt-brokers")
class EventController {
    /** How things are when a stream begins. */
    record Snapshot(List<StatusView> statuses, List<DeviceView> devices) {}

    private final EventHub events;
    private final BrokerService brokers;
    private final DeviceService devices;

    EventController(EventHub events, BrokerService brokers, DeviceService devices) {
        this.events = events;
        this.brokers = brokers;
        this.devices = devices;
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @ApiResponse(
            responseCode = "200",
            description = "server-sent events: snapshot, status, broker-removed, presence, reading, devices-changed",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                            schema = @Schema(implementation = String.class)))
    ResponseEntity<SseEmitter> events(@AuthenticationPrincipal SignedIn user) {
        SseEmitter stream = events.open(
                user, () -> new Snapshot(brokers.statuses(user.owner()), devices.views(devices.all(user.owner()))));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .header("X-Accel-Buffering", "no")
                .body(stream);
    }
}

package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
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
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

/** Brokers of the user who asks. */
@RestController
@RequestMapping(path = "/api/mqtt-brokers", produces = MediaType.APPLICATION_JSON_VALUE)
class BrokerController {
    private final BrokerService brokers;
    private final ConnectionTests tests;

    BrokerController(BrokerService brokers, ConnectionTests tests) {
        this.brokers = brokers;
        this.tests = tests;
    }

    @GetMapping("/brokers")
    List<BrokerView> list(@AuthenticationPrincipal SignedIn user) {
        return brokers.views(brokers.all(user.owner()));
    }

    @PostMapping(path = "/brokers", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = BrokerInput.class)))
    ResponseEntity<BrokerView> create(@AuthenticationPrincipal SignedIn user, RequestFields fields) {
        BrokerDefinition definition = brokers.create(user.user(), fields);
        return ResponseEntity.created(URI.create("/api/mqtt-brokers/brokers/" + definition.id()))
                .body(brokers.view(definition));
    }

    @PostMapping(path = "/brokers/test", consumes = MediaType.APPLICATION_JSON_VALUE)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = BrokerTestInput.class)))
    @ApiResponse(
            responseCode = "200",
            description = "what was found; a connection that fails is a finding",
            content = @Content(schema = @Schema(implementation = ConnectionTestView.class)))
    ResponseEntity<ResponseBodyEmitter> test(@AuthenticationPrincipal SignedIn user, RequestFields fields) {
        ResponseBodyEmitter answer = tests.begin(user.id(), brokers.trial(user.user(), fields));
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .header("X-Accel-Buffering", "no")
                .body(answer);
    }

    @GetMapping("/brokers/{id}")
    BrokerView get(@AuthenticationPrincipal SignedIn user, @PathVariable long id) {
        return brokers.view(brokers.get(user.owner(), id));
    }

    @PutMapping(path = "/brokers/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = BrokerInput.class)))
    BrokerView update(@AuthenticationPrincipal SignedIn user, @PathVariable long id, RequestFields fields) {
        return brokers.view(brokers.update(user.user(), id, fields));
    }

    @DeleteMapping("/brokers/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(
            @AuthenticationPrincipal SignedIn user,
            @PathVariable long id,
            @RequestParam(defaultValue = "refuse") @Schema(allowableValues = {"refuse", "move", "delete"})
                    String devices,
            @RequestParam(required = false)
                    @Schema(description = "the broker that gets the devices when they are moved")
                    @Nullable
                    Long to) {
        if ((to != null) != devices.equals("move")) {
            throw ProblemException.invalid("to", "is needed to move devices, and only then");
        }
        switch (devices) {
            case "refuse" -> brokers.delete(user.user(), id, WhenDevicesExist.REFUSE);
            case "delete" -> brokers.delete(user.user(), id, WhenDevicesExist.DELETE);
            case "move" -> brokers.deleteMoving(user.user(), id, Objects.requireNonNull(to));
            default ->
                throw ProblemException.invalid("devices", "must be \"refuse\", \"move\" or \"delete\", or absent");
        }
    }

    @PostMapping(path = "/brokers/{id}/control", consumes = MediaType.APPLICATION_JSON_VALUE)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ControlInput.class)))
    ResponseEntity<StatusView> control(
            @AuthenticationPrincipal SignedIn user, @PathVariable long id, RequestFields fields) {
        brokers.get(user.owner(), id);
        String action = fields.text("action", null, 20);
        if (fields.isFine("action") && !action.equals("connect") && !action.equals("disconnect")) {
            fields.refuse("action", "must be \"connect\" or \"disconnect\"");
        }
        fields.check();
        boolean started = brokers.control(user.user(), id, action.equals("connect"));
        return ResponseEntity.status(started ? HttpStatus.ACCEPTED : HttpStatus.OK)
                .body(brokers.status(brokers.get(user.owner(), id)));
    }

    @GetMapping("/brokers/{id}/events")
    List<EventView> events(
            @AuthenticationPrincipal SignedIn user,
            @PathVariable long id,
            @RequestParam(defaultValue = "100") @Schema(minimum = "1", maximum = "100") int limit) {
        if (limit < 1 || limit > 100) {
            throw ProblemException.invalid("limit", "must be between 1 and 100");
        }
        return brokers.events(user.owner(), id, limit);
    }

    @GetMapping("/brokers/{id}/explain")
    ExplanationView explain(@AuthenticationPrincipal SignedIn user, @PathVariable long id, @RequestParam String topic) {
        return brokers.explain(user.owner(), id, topic);
    }

    @GetMapping("/status")
    List<StatusView> status(@AuthenticationPrincipal SignedIn user) {
        return brokers.statuses(user.owner());
    }
}

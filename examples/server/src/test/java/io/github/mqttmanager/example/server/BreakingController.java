package io.github.mqttmanager.example.server;

import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Fails, to show what becomes of failures. Found by the application's component scan, in tests only. */
@Hidden
@RestController
class BreakingController {
    static volatile boolean reached;

    @GetMapping("/api/test/break")
    String fail() {
        reached = true;
        throw new IllegalStateException("what is inside");
    }
}

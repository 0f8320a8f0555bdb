package io.github.mqttmanager.example.server.web;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for whatever went wrong outside the controllers. */
@Hidden
@RestController
class ProblemErrorController implements ErrorController {
    @RequestMapping("${server.error.path:/error}")
    ResponseEntity<Problem> problem(HttpServletRequest request) {
        if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable thrown) {
            StoreFailure store = StoreFailure.in(thrown);
            if (store != null) {
                return ProblemAdvice.answer(store.problem(), store.headers());
            }
        }
        Object told = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int status = told instanceof Integer number ? number : 404;
        ProblemCode code = ProblemCode.ofStatus(status);
        String detail = switch (code) {
            case NOT_FOUND -> "there is nothing at this address";
            case METHOD_NOT_ALLOWED -> "this address does not know the method";
            case INTERNAL -> "the server failed; its log says why";
            default -> "the request was not understood";
        };
        return ProblemAdvice.answer(Problem.of(code, status, detail, List.of()));
    }
}

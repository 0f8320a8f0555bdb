package io.github.mqttmanager.example.server.web;

import io.github.mqttmanager.BrokerInUseException;
import io.github.mqttmanager.UnknownBrokerException;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.DuplicateDeviceException;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Turns whatever goes wrong in a controller into a problem that says so, and says no more. */
@RestControllerAdvice
class ProblemAdvice {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Problem> refused(ProblemException e) {
        HttpHeaders headers = new HttpHeaders();
        if (e.retryAfter() != null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(e.retryAfter().toSeconds()));
        }
        return answer(e.problem(), headers);
    }

    @ExceptionHandler
    ResponseEntity<Problem> inUse(BrokerInUseException e) {
        return answer(Problem.of(
                ProblemCode.BROKER_IN_USE,
                "the broker has " + e.devices() + (e.devices() == 1 ? " device" : " devices")
                        + "; move them by ?devices=move&to=id, or delete them by ?devices=delete"));
    }

    /** Of a broker of the user who asks, for whoever looks for one checks that. */
    @ExceptionHandler
    ResponseEntity<Problem> unreadable(UnreadableDefinitionException e) {
        return answer(Problem.of(
                ProblemCode.BROKER_UNREADABLE,
                e.definition().message() + ". " + e.definition().remedy()));
    }

    @ExceptionHandler
    ResponseEntity<Problem> stale(VersionConflictException e) {
        return answer(Problem.of(
                ProblemCode.CONFLICT, "it was changed or deleted by somebody else in the meantime: read it again"));
    }

    @ExceptionHandler
    ResponseEntity<Problem> duplicate(DuplicateDeviceException e) {
        return answer(Problem.of(
                ProblemCode.CONFLICT,
                ProblemCode.CONFLICT.status(),
                "the broker has another device with this device_id",
                List.of(new Problem.FieldError("device_id", "is taken by another device of this broker"))));
    }

    @ExceptionHandler
    ResponseEntity<Problem> unknown(UnknownBrokerException e) {
        return answer(ProblemException.notFound("broker").problem());
    }

    @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
    ResponseEntity<Problem> nothingThere() {
        return answer(Problem.of(ProblemCode.NOT_FOUND, "there is nothing at this address"));
    }

    @ExceptionHandler
    ResponseEntity<Problem> wrongMethod(HttpRequestMethodNotSupportedException e) {
        return answer(
                Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "this address does not know the method " + e.getMethod()),
                e.getHeaders());
    }

    @ExceptionHandler
    ResponseEntity<Problem> wrongType(HttpMediaTypeNotSupportedException e) {
        return answer(
                Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json"),
                e.getHeaders());
    }

    @ExceptionHandler
    ResponseEntity<Problem> notAcceptable(HttpMediaTypeNotAcceptableException e) {
        return answer(Problem.of(
                ProblemCode.NOT_ACCEPTABLE,
                "Accept must allow one of "
                        + MediaType.toString(
                                e.getSupportedMediaTypes().stream().distinct().toList())));
    }

    @ExceptionHandler
    ResponseEntity<Problem> mismatch(MethodArgumentTypeMismatchException e) {
        Class<?> wanted = e.getRequiredType();
        boolean number = wanted == Long.class || wanted == long.class;
        return answer(Problem.invalid(
                List.of(new Problem.FieldError(e.getName(), number ? "must be a whole number" : "is not understood"))));
    }

    @ExceptionHandler
    ResponseEntity<Problem> missing(MissingServletRequestParameterException e) {
        return answer(Problem.invalid(List.of(new Problem.FieldError(e.getParameterName(), "is needed"))));
    }

    @ExceptionHandler
    ResponseEntity<Problem> unreadable(HttpMessageNotReadableException e) {
        return answer(Problem.of(ProblemCode.INVALID, "the request's body cannot be read"));
    }

    /** The client is gone, or the stream had its time: nobody is left to be told. */
    @ExceptionHandler({AsyncRequestNotUsableException.class, AsyncRequestTimeoutException.class})
    void gone() {}

    @ExceptionHandler
    @Nullable
    ResponseEntity<Problem> other(Exception e, HttpServletResponse response) throws Exception {
        // Of an answer that has begun, nothing is left to say: breaking it off tells that it is not complete.
        if (e instanceof AccessDeniedException || e instanceof AuthenticationException || response.isCommitted()) {
            throw e;
        }
        if (e instanceof ErrorResponse error && error.getStatusCode().is4xxClientError()) {
            int status = error.getStatusCode().value();
            ProblemCode code = ProblemCode.ofStatus(status);
            return answer(Problem.of(code, status, "the request was not understood", List.of()), error.getHeaders());
        }
        StoreFailure store = StoreFailure.in(e);
        if (store != null) {
            LOG.error("A request failed: {}", store.problem().title(), e);
            return answer(store.problem(), store.headers());
        }
        LOG.error("A request failed", e);
        return answer(Problem.of(ProblemCode.INTERNAL, "the server failed; its log says why"));
    }

    static ResponseEntity<Problem> answer(Problem problem) {
        return answer(problem, new HttpHeaders());
    }

    static ResponseEntity<Problem> answer(Problem problem, HttpHeaders headers) {
        return ResponseEntity.status(problem.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }
}

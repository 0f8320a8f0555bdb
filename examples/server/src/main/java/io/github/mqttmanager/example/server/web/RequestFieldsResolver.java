package io.github.mqttmanager.example.server.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads the JSON object of a request, strictly and within bounds, and says where it cannot be read. */
final class RequestFieldsResolver implements HandlerMethodArgumentResolver {
    /** The longest body. A CA bundle fits. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int MAX_DEPTH = 32;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(100)
                            .maxNameLength(200)
                            .build())
                    .build())
            .build();

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == RequestFields.class;
    }

    @Override
    public RequestFields resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders)
            throws IOException {
        HttpServletRequest servlet = request.getNativeRequest(HttpServletRequest.class);
        if (servlet == null) {
            throw new IllegalStateException("no servlet request");
        }
        return read(bytes(servlet));
    }

    private static byte[] bytes(HttpServletRequest request) throws IOException {
        // The length may be absent (chunked) or a lie: what counts is what comes.
        if (request.getContentLengthLong() <= MAX_BYTES) {
            byte[] bytes = request.getInputStream().readNBytes(MAX_BYTES + 1);
            if (bytes.length <= MAX_BYTES) {
                return bytes;
            }
        }
        throw ProblemException.of(
                ProblemCode.TOO_LARGE, "the request's body must not be longer than " + MAX_BYTES + " bytes");
    }

    static RequestFields read(byte[] body) {
        JsonNode node;
        try (JsonParser parser = JSON.createParser(body)) {
            try {
                node = JSON.readTree(parser);
                if (node != null && parser.nextToken() != null) {
                    throw ProblemException.invalid("body", "must be one JSON object and nothing after it");
                }
            } catch (StreamConstraintsException e) {
                throw ProblemException.invalid(
                        place(parser),
                        "exceeds what is read: " + MAX_DEPTH
                                + " levels, numbers of 100 digits, names of 200 characters");
            } catch (JacksonException e) {
                String where = e.getLocation() == null
                        ? ""
                        : " (line " + e.getLocation().getLineNr() + ", column "
                                + e.getLocation().getColumnNr() + ")";
                throw ProblemException.invalid(place(parser), "is malformed JSON" + where);
            }
        }
        if (!(node instanceof ObjectNode object)) {
            throw ProblemException.invalid("body", "must be a JSON object");
        }
        return new RequestFields(object);
    }

    /** Where the parser stopped, as a name that the sender knows. */
    private static String place(JsonParser parser) {
        String pointer = parser.streamReadContext().pathAsPointer().toString();
        List<String> names = List.of(pointer.split("/"));
        String first = names.size() > 1 ? names.get(1) : "";
        return first.isEmpty() || first.length() > 64 ? "body" : first;
    }
}

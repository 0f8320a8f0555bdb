package io.github.mqttmanager.example.server.demo;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.interceptor.connect.ConnectInboundInterceptor;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import com.hivemq.extension.sdk.api.packets.publish.ModifiableConnectPacket;
import com.hivemq.extension.sdk.api.packets.subscribe.ModifiableSubscription;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/**
 * Asks every client of an embedded broker for its password and gives each user a namespace: all topics and client identifiers are
 * kept below the user's name, without the clients seeing anything of it. So users can neither read nor disturb each other.
 */
final class Namespaces implements ExtensionMain {
    /** The topics below it are refused to everybody. */
    static final String SECRET = "secret";

    private static final String USER = "user";
    private static final String SHARE = "$share/";

    private final Map<String, String> accounts;

    /** @param accounts passwords by user name */
    Namespaces(Map<String, String> accounts) {
        this.accounts = Map.copyOf(accounts);
    }

    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
        SimpleAuthenticator authenticator = this::authenticate;
        Services.securityRegistry().setAuthenticatorProvider(provided -> authenticator);
        ConnectInboundInterceptor connects = (in, out) -> enter(out.getConnectPacket());
        Services.interceptorRegistry().setConnectInboundInterceptorProvider(provided -> connects);
        Services.initializerRegistry().setClientInitializer((in, client) -> {
            String user = in.getConnectionInformation()
                    .getConnectionAttributeStore()
                    .getAsString(USER)
                    .orElse("nobody");
            initialize(client, user + "/");
        });
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

    private static void enter(ModifiableConnectPacket connect) {
        String namespace = connect.getUserName().orElse("nobody") + "/";
        if (!connect.getClientId().isEmpty()) {
            connect.setClientId(namespace + connect.getClientId());
        }
        connect.getModifiableWillPublish().ifPresent(will -> will.setTopic(namespace + will.getTopic()));
    }

    private void authenticate(SimpleAuthInput input, SimpleAuthOutput output) {
        ConnectPacket connect = input.getConnectPacket();
        String user = connect.getUserName().orElse("");
        String password = accounts.get(user);
        byte[] sent = connect.getPassword().map(Namespaces::bytes).orElse(new byte[0]);
        if (password == null || !MessageDigest.isEqual(password.getBytes(StandardCharsets.UTF_8), sent)) {
            output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD, "user name or password is wrong");
            return;
        }
        input.getConnectionInformation().getConnectionAttributeStore().putAsString(USER, user);
        output.getDefaultPermissions()
                .add(Builders.topicPermission()
                        .topicFilter(user + "/" + SECRET + "/#")
                        .type(TopicPermission.PermissionType.DENY)
                        .build());
        output.getDefaultPermissions()
                .add(Builders.topicPermission().topicFilter(user + "/#").build());
        output.authenticateSuccessfully();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static void initialize(ClientContext client, String namespace) {
        client.addPublishInboundInterceptor((in, out) -> {
            var publish = out.getPublishPacket();
            publish.setTopic(namespace + publish.getTopic());
        });
        client.addPublishOutboundInterceptor((in, out) -> {
            var publish = out.getPublishPacket();
            if (publish.getTopic().startsWith(namespace)) {
                publish.setTopic(publish.getTopic().substring(namespace.length()));
            }
        });
        client.addSubscribeInboundInterceptor((in, out) -> {
            for (ModifiableSubscription subscription : out.getSubscribePacket().getSubscriptions()) {
                subscription.setTopicFilter(within(namespace, subscription.getTopicFilter()));
            }
        });
        client.addUnsubscribeInboundInterceptor((in, out) -> out.getUnsubscribePacket()
                .setTopicFilters(in.getUnsubscribePacket().getTopicFilters().stream()
                        .map(filter -> within(namespace, filter))
                        .toList()));
    }

    private static String within(String namespace, String filter) {
        if (filter.startsWith(SHARE) && filter.indexOf('/', SHARE.length()) > 0) {
            int end = filter.indexOf('/', SHARE.length()) + 1;
            return filter.substring(0, end) + namespace + filter.substring(end);
        }
        return namespace + filter;
    }
}

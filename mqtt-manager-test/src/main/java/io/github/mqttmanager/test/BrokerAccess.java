package io.github.mqttmanager.test;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.events.client.ClientLifecycleEventListener;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationFailedInput;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationSuccessfulInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionStartInput;
import com.hivemq.extension.sdk.api.events.client.parameters.DisconnectEventInput;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who may connect to an embedded broker, what each may do there, and who is connected. This class is thread-safe. */
final class BrokerAccess implements ExtensionMain, SimpleAuthenticator {
    /**
     * @param topicFilters where the user may publish and subscribe; empty means everywhere
     */
    record User(String password, List<String> topicFilters) {}

    private final Map<String, User> users;
    private final Map<String, Integer> connections = new ConcurrentHashMap<>();
    private volatile Map<String, List<TopicPermission>> permissions = Map.of();
    private volatile @Nullable ClientService clients;

    BrokerAccess(Map<String, User> users) {
        this.users = new LinkedHashMap<>(users);
    }

    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
        // what the services answer outside of this call is another broker's, if there is one
        clients = Services.clientService();
        Map<String, List<TopicPermission>> built = new HashMap<>();
        users.forEach((name, user) -> built.put(
                name,
                user.topicFilters().stream()
                        .map(filter ->
                                Builders.topicPermission().topicFilter(filter).build())
                        .toList()));
        permissions = built;
        Services.securityRegistry().setAuthenticatorProvider(each -> this);
        Services.eventRegistry().setClientLifecycleEventListener(each -> new Lifecycle());
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
        clients = null;
    }

    @Override
    public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
        if (users.isEmpty()) {
            output.authenticateSuccessfully();
            return;
        }
        String name = input.getConnectPacket().getUserName().orElse("");
        User user = users.get(name);
        String password = input.getConnectPacket()
                .getPassword()
                .map(ByteBuffer::duplicate)
                .map(buffer -> StandardCharsets.UTF_8.decode(buffer).toString())
                .orElse(null);
        if (user == null || !user.password().equals(password)) {
            output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD);
            return;
        }
        if (!user.topicFilters().isEmpty()) {
            ModifiableDefaultPermissions allowed = output.getDefaultPermissions();
            allowed.addAll(permissions.getOrDefault(name, List.of()));
            allowed.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
        }
        output.authenticateSuccessfully();
    }

    int connectedClients() {
        return connections.values().stream().mapToInt(Integer::intValue).sum();
    }

    Set<String> clientIdentifiers() {
        return connections.keySet();
    }

    void forgetClients() {
        connections.clear();
    }

    CompletableFuture<Boolean> disconnect(String clientIdentifier) {
        ClientService service = clients;
        return service == null ? CompletableFuture.completedFuture(false) : service.disconnectClient(clientIdentifier);
    }

    /** Counts connections per client, for a client's new one begins before its old one ends. */
    private final class Lifecycle implements ClientLifecycleEventListener {
        @Override
        public void onMqttConnectionStart(ConnectionStartInput input) {
            // not let in yet
        }

        @Override
        public void onAuthenticationSuccessful(AuthenticationSuccessfulInput input) {
            connections.merge(input.getClientInformation().getClientId(), 1, Integer::sum);
        }

        @Override
        public void onAuthenticationFailedDisconnect(AuthenticationFailedInput input) {
            // was never counted
        }

        @Override
        public void onDisconnect(DisconnectEventInput input) {
            connections.computeIfPresent(
                    input.getClientInformation().getClientId(), (id, count) -> count > 1 ? count - 1 : null);
        }
    }
}

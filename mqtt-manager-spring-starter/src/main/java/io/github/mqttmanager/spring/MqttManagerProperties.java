package io.github.mqttmanager.spring;

import io.github.mqttmanager.connection.InboundLimits;
import io.github.mqttmanager.connection.OutboundLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.util.unit.DataSize;

/** Settings below {@code mqtt-manager}. */
@ConfigurationProperties("mqtt-manager")
public class MqttManagerProperties {
    /** Whether brokers are loaded and connected when the application starts. Switch off on instances that must not connect. */
    private boolean autoStart = true;

    /** Handlers that may run at the same time. */
    private @Nullable Integer handlerThreads;

    /** Connection attempts that may begin in a second, over all brokers. */
    private int startsPerSecond = 500;

    /** Devices of a broker with the same topic template from which on one subscription with a wildcard stands for all. */
    private int coalesceSubscriptionsFrom = 50;

    /** How often the last-seen time of a device is written at most; a crash loses the times of the last interval. */
    private Duration lastSeenInterval = Duration.ofSeconds(5);

    /** Topic under which responses to requests come in; one level is added, the client identifier. */
    private String responsePrefix = "mqtt-manager/responses";

    @NestedConfigurationProperty
    private final Handler handler = new Handler();

    @NestedConfigurationProperty
    private final Inbound inbound = new Inbound();

    @NestedConfigurationProperty
    private final Outbound outbound = new Outbound();

    @NestedConfigurationProperty
    private final Network network = new Network();

    @NestedConfigurationProperty
    private final Jpa jpa = new Jpa();

    @NestedConfigurationProperty
    private final Health health = new Health();

    @NestedConfigurationProperty
    private final Secrets secrets = new Secrets();

    /** Brokers that are created at the start unless they exist, by id. */
    private final Map<String, Broker> brokers = new LinkedHashMap<>();

    public boolean isAutoStart() {
        return autoStart;
    }

    public void setAutoStart(boolean autoStart) {
        this.autoStart = autoStart;
    }

    public @Nullable Integer getHandlerThreads() {
        return handlerThreads;
    }

    public void setHandlerThreads(@Nullable Integer handlerThreads) {
        this.handlerThreads = handlerThreads;
    }

    public int getStartsPerSecond() {
        return startsPerSecond;
    }

    public void setStartsPerSecond(int startsPerSecond) {
        this.startsPerSecond = startsPerSecond;
    }

    public int getCoalesceSubscriptionsFrom() {
        return coalesceSubscriptionsFrom;
    }

    public void setCoalesceSubscriptionsFrom(int coalesceSubscriptionsFrom) {
        this.coalesceSubscriptionsFrom = coalesceSubscriptionsFrom;
    }

    public Duration getLastSeenInterval() {
        return lastSeenInterval;
    }

    public void setLastSeenInterval(Duration lastSeenInterval) {
        this.lastSeenInterval = lastSeenInterval;
    }

    public String getResponsePrefix() {
        return responsePrefix;
    }

    public void setResponsePrefix(String responsePrefix) {
        this.responsePrefix = responsePrefix;
    }

    public Handler getHandler() {
        return handler;
    }

    public Inbound getInbound() {
        return inbound;
    }

    public Outbound getOutbound() {
        return outbound;
    }

    public Network getNetwork() {
        return network;
    }

    public Jpa getJpa() {
        return jpa;
    }

    public Health getHealth() {
        return health;
    }

    public Secrets getSecrets() {
        return secrets;
    }

    public Map<String, Broker> getBrokers() {
        return brokers;
    }

    /** How handlers are tried again. */
    public static class Handler {
        /** Attempts before a message goes to the dead-letter handler, where there is one. */
        private int attempts = 5;

        /** Wait before the second attempt; it doubles with each. */
        private Duration firstRetry = Duration.ofSeconds(1);

        /** Longest wait between attempts. */
        private Duration maxRetry = Duration.ofMinutes(1);

        /** After how long a call that has not returned is reported. */
        private Duration deadline = Duration.ofSeconds(30);

        /** How long handlers that run may take to return when the application ends. */
        private Duration closeDeadline = Duration.ofSeconds(5);

        public Duration getDeadline() {
            return deadline;
        }

        public void setDeadline(Duration deadline) {
            this.deadline = deadline;
        }

        public Duration getCloseDeadline() {
            return closeDeadline;
        }

        public void setCloseDeadline(Duration closeDeadline) {
            this.closeDeadline = closeDeadline;
        }

        public int getAttempts() {
            return attempts;
        }

        public void setAttempts(int attempts) {
            this.attempts = attempts;
        }

        public Duration getFirstRetry() {
            return firstRetry;
        }

        public void setFirstRetry(Duration firstRetry) {
            this.firstRetry = firstRetry;
        }

        public Duration getMaxRetry() {
            return maxRetry;
        }

        public void setMaxRetry(Duration maxRetry) {
            this.maxRetry = maxRetry;
        }
    }

    /** How much of what brokers send is kept in memory until it is handled. */
    public static class Inbound {
        /** Messages of one broker. */
        private int messages = InboundLimits.DEFAULT.messages();

        /** Bytes of one broker. */
        private DataSize size = DataSize.ofBytes(InboundLimits.DEFAULT.bytes());

        /** Messages of all brokers together. */
        private int overallMessages = InboundLimits.DEFAULT.overallMessages();

        /** Bytes of all brokers together; by default at most an eighth of the heap. */
        private DataSize overallSize = DataSize.ofBytes(InboundLimits.DEFAULT.overallBytes());

        public int getMessages() {
            return messages;
        }

        public void setMessages(int messages) {
            this.messages = messages;
        }

        public DataSize getSize() {
            return size;
        }

        public void setSize(DataSize size) {
            this.size = size;
        }

        public int getOverallMessages() {
            return overallMessages;
        }

        public void setOverallMessages(int overallMessages) {
            this.overallMessages = overallMessages;
        }

        public DataSize getOverallSize() {
            return overallSize;
        }

        public void setOverallSize(DataSize overallSize) {
            this.overallSize = overallSize;
        }
    }

    /** What may wait to be sent, and for how long. */
    public static class Outbound {
        /** Publishes that may wait for one broker. */
        private int count = OutboundLimits.DEFAULT.count();

        /** Bytes that may wait for one broker; as much may be in flight to it. */
        private DataSize size = DataSize.ofBytes(OutboundLimits.DEFAULT.bytes());

        /** Heap that what waits for all brokers together may take. */
        private DataSize overallSize = DataSize.ofBytes(OutboundLimits.DEFAULT.overallBytes());

        /** Age after which what waits has expired, whatever it says itself. */
        private Duration maxAge = OutboundLimits.DEFAULT.age();

        /** Publishes handed over to a broker and not answered; the broker may allow less. */
        private int window = OutboundLimits.DEFAULT.window();

        /** How long a broker may owe an answer before the connection is made anew. */
        private Duration answerTimeout = OutboundLimits.DEFAULT.answer();

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }

        public DataSize getSize() {
            return size;
        }

        public void setSize(DataSize size) {
            this.size = size;
        }

        public DataSize getOverallSize() {
            return overallSize;
        }

        public void setOverallSize(DataSize overallSize) {
            this.overallSize = overallSize;
        }

        public Duration getMaxAge() {
            return maxAge;
        }

        public void setMaxAge(Duration maxAge) {
            this.maxAge = maxAge;
        }

        public int getWindow() {
            return window;
        }

        public void setWindow(int window) {
            this.window = window;
        }

        public Duration getAnswerTimeout() {
            return answerTimeout;
        }

        public void setAnswerTimeout(Duration answerTimeout) {
            this.answerTimeout = answerTimeout;
        }
    }

    /** Where connections may go. */
    public static class Network {
        /** Addresses that may be connected to, unless a bean decides. */
        private Policy policy = Policy.PUBLIC_FOR_OWNED;

        public Policy getPolicy() {
            return policy;
        }

        public void setPolicy(Policy policy) {
            this.policy = policy;
        }

        /** Which addresses. */
        public enum Policy {
            /** Private, loopback, link-local and metadata ranges are refused for definitions that carry an owner. */
            PUBLIC_FOR_OWNED,
            /** Every address. */
            EVERYTHING
        }
    }

    /** The tables. */
    public static class Jpa {
        /** When the tables are created. */
        private DatabaseInitializationMode initializeSchema = DatabaseInitializationMode.EMBEDDED;

        /** Whether publishes can be put into an outbox in the application's database. */
        private boolean outbox = true;

        @NestedConfigurationProperty
        private final ChangeFeed changeFeed = new ChangeFeed();

        public ChangeFeed getChangeFeed() {
            return changeFeed;
        }

        public DatabaseInitializationMode getInitializeSchema() {
            return initializeSchema;
        }

        public void setInitializeSchema(DatabaseInitializationMode initializeSchema) {
            this.initializeSchema = initializeSchema;
        }

        public boolean isOutbox() {
            return outbox;
        }

        public void setOutbox(boolean outbox) {
            this.outbox = outbox;
        }
    }

    /** How changes come in that others made in the database. */
    public static class ChangeFeed {
        /** Whether changes that others made in the database are noticed. */
        private boolean enabled = true;

        /** How often the database is asked for them. */
        private Duration interval = Duration.ofSeconds(1);

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }

        public Duration getInterval() {
            return interval;
        }

        public void setInterval(Duration interval) {
            this.interval = interval;
        }
    }

    /** What is shown of brokers that are wanted and not connected. */
    public static class Health {
        /** Whether a broker that is wanted and not connected is reported as DOWN; otherwise as UNKNOWN. */
        private boolean down;

        public boolean isDown() {
            return down;
        }

        public void setDown(boolean down) {
            this.down = down;
        }
    }

    /** The keys that stored passwords are encrypted with. */
    public static class Secrets {
        /** File with the keys, readable by its owner only; it is read again when it changes. */
        private @Nullable Path keyFile;

        /** Whether the file is made if it does not exist. */
        private boolean createKeyFile;

        /** Keys themselves, as from the environment variable MQTT_MANAGER_SECRETS_KEYS: id=Base64 of 32 bytes, several separated by commas, the active one first; instead of a file. */
        private @Nullable String keys;

        public @Nullable Path getKeyFile() {
            return keyFile;
        }

        public void setKeyFile(@Nullable Path keyFile) {
            this.keyFile = keyFile;
        }

        public boolean isCreateKeyFile() {
            return createKeyFile;
        }

        public void setCreateKeyFile(boolean createKeyFile) {
            this.createKeyFile = createKeyFile;
        }

        public @Nullable String getKeys() {
            return keys;
        }

        public void setKeys(@Nullable String keys) {
            this.keys = keys;
        }
    }

    /** A broker that the configuration brings along. */
    public static class Broker {
        /** Where it listens: mqtt://host:port, or mqtts://host:port for TLS. */
        private @Nullable String url;

        /** Name for people; the id if absent. */
        private @Nullable String name;

        private @Nullable String username;

        private @Nullable String password;

        /** Client identifier; made if absent. */
        private @Nullable String clientId;

        /** SSL bundle with trust and key material. */
        private @Nullable String sslBundle;

        public @Nullable String getUrl() {
            return url;
        }

        public void setUrl(@Nullable String url) {
            this.url = url;
        }

        public @Nullable String getName() {
            return name;
        }

        public void setName(@Nullable String name) {
            this.name = name;
        }

        public @Nullable String getUsername() {
            return username;
        }

        public void setUsername(@Nullable String username) {
            this.username = username;
        }

        public @Nullable String getPassword() {
            return password;
        }

        public void setPassword(@Nullable String password) {
            this.password = password;
        }

        public @Nullable String getClientId() {
            return clientId;
        }

        public void setClientId(@Nullable String clientId) {
            this.clientId = clientId;
        }

        public @Nullable String getSslBundle() {
            return sslBundle;
        }

        public void setSslBundle(@Nullable String sslBundle) {
            this.sslBundle = sslBundle;
        }
    }
}

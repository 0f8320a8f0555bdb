package io.github.mqttmanager.it.recording;

import io.github.mqttmanager.it.recording.Broker.Link;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The process of a {@link RecordingBroker}: arguments are the port and the folder; asked by lines, it answers by lines, and ends with them. */
final class BrokerProcess {
    private static final int LARGEST_PACKET = 1024 * 1024;

    private BrokerProcess() {}

    public static void main(String[] arguments) throws Exception {
        JavaProcess.endInTime();
        PrintStream toParent = JavaProcess.toParent();
        Path file = Path.of(arguments[1], RecordingBroker.LOG);
        Sessions sessions = new Sessions();
        int[] connections = new int[1];
        PacketLog.replay(file, packet -> {
            sessions.apply(packet);
            connections[0] = Math.max(connections[0], packet.connection());
        });
        NioEventLoopGroup group = new NioEventLoopGroup(1);
        EventLoop loop = group.next();
        Broker broker = new Broker(new PacketLog(file, loop), sessions, connections[0]);
        new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new FlushConsolidationHandler(256, true),
                                        new MqttDecoder(LARGEST_PACKET),
                                        MqttEncoder.INSTANCE,
                                        new Packets(broker));
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(arguments[0]))
                .sync();
        toParent.println("listening");
        try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split("\t", -1);
                Callable<String> command = () -> answer(broker, words);
                toParent.println(loop.submit(command).get());
            }
        }
        System.exit(0);
    }

    private static String answer(Broker broker, String[] words) {
        switch (words[0]) {
            case "preload" -> broker.preload(words[1], Integer.parseInt(words[2]), words[3], words[4]);
            case "hold" -> broker.hold(words[1]);
            case "release" -> broker.release(words[1]);
            case "ignore" -> broker.ignore(words[1]);
            case "heed" -> broker.heed(words[1]);
            case "count" -> {
                return String.valueOf(broker.count(words[1]));
            }
            case "backlog" -> {
                return String.valueOf(broker.backlog(words[1]));
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
        return "done";
    }

    private static final class Packets extends SimpleChannelInboundHandler<MqttMessage> {
        private final Broker broker;
        private @Nullable Link link;

        Packets(Broker broker) {
            this.broker = broker;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            link = broker.connected(context.channel());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
            broker.received(Objects.requireNonNull(link), message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            broker.ended(Objects.requireNonNull(link));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof java.io.IOException)) {
                cause.printStackTrace();
            }
            context.close();
        }
    }
}

package io.github.mqttmanager.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultithreadEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of one manager. The client keeps its sockets to itself; so each client is given a group of its own, which runs on one
 * of these loops and tells of every socket that is registered there (docs/decisions/0005).
 */
final class EventLoops {
    private static final AttributeKey<Boolean> CLAIMED = AttributeKey.valueOf(EventLoops.class, "claimed");

    /** The client's name for it. */
    private static final String PROXY = "proxy";

    private final EventLoopGroup loops;

    EventLoops(Executor network, int threads) {
        this.loops = group(threads, network);
    }

    /** The client makes sockets of Epoll where it can, and those need loops of their kind; it looks in the same way. */
    @SuppressWarnings("deprecation") // what replaces it is not in Netty 4.1
    private static EventLoopGroup group(int threads, Executor network) {
        try {
            Class.forName("io.netty.channel.epoll.Epoll", false, EventLoops.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return new NioEventLoopGroup(threads, network);
        }
        return OnLinux.group(threads, network);
    }

    /** Loaded only where Epoll is on the class path. */
    private static final class OnLinux {
        @SuppressWarnings("deprecation")
        static EventLoopGroup group(int threads, Executor network) {
            return Epoll.isAvailable()
                    ? new EpollEventLoopGroup(threads, network)
                    : new NioEventLoopGroup(threads, network);
        }
    }

    EventLoop next() {
        return loops.next();
    }

    /** What a client is given to run on: the loop, of whose sockets the watcher hears before they are registered. */
    static Executor watched(EventLoop loop, Consumer<Channel> watcher) {
        return new WatchedGroup(loop, watcher);
    }

    /** Puts the watch next to the socket, but behind a proxy's handler, and marks the socket as somebody's. */
    static void claim(Channel socket, SocketWatch watch) {
        socket.attr(CLAIMED).set(true);
        socket.config().setRecvByteBufAllocator(new ReadBuffers(watch::isHeld));
        if (socket.pipeline().context(PROXY) == null) {
            socket.pipeline().addFirst(watch);
        } else {
            socket.pipeline().addAfter(PROXY, null, watch);
        }
    }

    /** On the loop: the oldest of its sockets that nobody has claimed. */
    static @Nullable Channel firstUnclaimed(EventLoop loop) {
        Channel first = null;
        Iterator<Channel> all = ((SingleThreadEventLoop) loop).registeredChannelsIterator();
        while (all.hasNext()) {
            Channel each = all.next();
            if (!each.hasAttr(CLAIMED) && (first == null || each.id().compareTo(first.id()) < 0)) {
                first = each;
            }
        }
        return first;
    }

    /** Ends the loops, and with them what is still open. Completes when their threads are gone. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        // No quiet period: what the clients still have to say is queued already.
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).addListener(done -> closed.complete(null));
        return closed;
    }

    /** A group of one, for the client takes groups of this class as they are. */
    private static final class WatchedGroup extends MultithreadEventLoopGroup {
        WatchedGroup(EventLoop loop, Consumer<Channel> watcher) {
            super(1, loop, loop, watcher);
        }

        @Override
        @SuppressWarnings("unchecked")
        protected EventLoop newChild(Executor executor, Object... args) {
            return new WatchedLoop(this, (EventLoop) args[0], (Consumer<Channel>) args[1]);
        }
    }

    /** One of our loops, as seen by one client. The client cannot end it. */
    private static final class WatchedLoop extends AbstractEventExecutor implements EventLoop {
        private final EventLoop loop;
        private final Consumer<Channel> watcher;
        private final Promise<?> never;

        WatchedLoop(EventLoopGroup parent, EventLoop loop, Consumer<Channel> watcher) {
            super(parent);
            this.loop = loop;
            this.watcher = watcher;
            this.never = loop.newPromise();
        }

        @Override
        public ChannelFuture register(Channel channel) {
            watcher.accept(channel);
            return loop.register(channel);
        }

        @Override
        public ChannelFuture register(ChannelPromise promise) {
            watcher.accept(promise.channel());
            return loop.register(promise);
        }

        @Override
        @Deprecated
        public ChannelFuture register(Channel channel, ChannelPromise promise) {
            watcher.accept(channel);
            return loop.register(channel, promise);
        }

        @Override
        public EventLoopGroup parent() {
            return (EventLoopGroup) Objects.requireNonNull(super.parent());
        }

        @Override
        public EventLoop next() {
            return this;
        }

        @Override
        public boolean inEventLoop(Thread thread) {
            return loop.inEventLoop(thread);
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            return loop.schedule(task, delay, unit);
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
            return loop.schedule(task, delay, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
            return loop.scheduleAtFixedRate(task, initialDelay, period, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
            return loop.scheduleWithFixedDelay(task, initialDelay, delay, unit);
        }

        @Override
        public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
            return never;
        }

        @Override
        @Deprecated
        public void shutdown() {}

        @Override
        public Future<?> terminationFuture() {
            return never;
        }

        @Override
        public boolean isShuttingDown() {
            return loop.isShuttingDown();
        }

        @Override
        public boolean isShutdown() {
            return loop.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return loop.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return loop.awaitTermination(timeout, unit);
        }
    }
}

package io.github.mqttmanager.publish;

import java.util.function.BooleanSupplier;

/**
 * What becomes of one inbound publish. Exactly one of the four that end it is called, once, from any thread; later calls do nothing.
 * After the link that it came on is gone nothing is sent: the broker delivers it again.
 */
public interface Acknowledgement {
    /** The host has handled it. Ends it. */
    void handled();

    /** The host has handled the same message before. Ends it. */
    default void duplicate() {
        handled();
    }

    /** It belongs to nobody. Ends it. */
    void unrouted();

    /** It came with QoS 0 and cannot be handled. Ends it. */
    void dropped();

    /** The host's handler failed on it, and will be tried again. Any number of times before the end. */
    default void failing(Throwable failure) {}

    /** A handler has had it for longer than it may; or, after that, has returned. Before the end. */
    default void overdue(boolean is) {}

    /**
     * Gives the means to take the message back, for use when the broker delivers it again on another link: one copy is enough.
     *
     * @param withdraw forgets the message unless a handler has begun with it, and says whether nothing is left of it; does not block
     */
    default void onRedelivery(BooleanSupplier withdraw) {}
}

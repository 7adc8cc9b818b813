package dev.starling.apiserver.webhook;

/** What a request lets go before its thread waits for webhooks, so that others need not wait with it. */
public final class Waiting {
    private static final ScopedValue<Runnable> BEFORE = ScopedValue.newInstance();

    private Waiting() {
    }

    /** @param let is run by the thread of the work before each time that it waits */
    public static void during(Runnable work, Runnable let) {
        ScopedValue.where(BEFORE, let).run(work);
    }

    /** This thread is about to wait. */
    public static void begins() {
        if (BEFORE.isBound()) {
            BEFORE.get().run();
        }
    }
}

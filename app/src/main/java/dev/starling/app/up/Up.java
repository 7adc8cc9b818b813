package dev.starling.app.up;

import dev.starling.kube.loop.ThreadDriver;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.store.StoreException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/** {@code starling up}: one process in the foreground, until it is told to stop. */
public final class Up {
    private final UpSettings settings;
    private final InstantSource clock = InstantSource.system();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean stopping;

    public Up(UpSettings settings) {
        this.settings = settings;
    }

    /** Runs until INT or TERM; the exit code of the process. */
    public int run() {
        if (settings.runtime() == UpSettings.Runtime.CONTAINERD && !"root".equals(System.getProperty("user.name"))) {
            throw new StartException("real containers need root: run it with sudo, or add --runtime simulated");
        }
        var starling = started();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(starling), "stop"));
        System.out.println("Starling serves " + starling.url() + " after " + sinceExec());
        System.out.println("  export KUBECONFIG=" + starling.kubeconfig());
        try {
            starling.openPool();
            if (stopping) {
                stopped.await();
                return 0;
            }
            System.out.println("The " + starling.poolFacts() + " pool is ready after " + sinceExec());
            stopped.await();
            return 0;
        } catch (ContainerRuntimeException e) {
            throw new StartException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private Starling started() {
        try {
            return new Starling(settings, new ThreadDriver(clock));
        } catch (StoreException | IllegalArgumentException e) {
            throw new StartException(e.getMessage(), e);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof BindException || e.getCause().getCause() instanceof BindException) {
                throw new StartException("the address " + settings.host() + ":" + settings.port()
                        + " is taken or not this machine's: choose another with --listen HOST:PORT", e);
            }
            throw e;
        }
    }

    private void stop(Starling starling) {
        stopping = true;
        System.out.println("Stopping: pods end gracefully, objects and bills stay in " + starling.folder());
        starling.close();
        stopped.countDown();
    }

    private String sinceExec() {
        var begun = ProcessHandle.current().info().startInstant().orElseGet(clock::instant);
        Instant now = clock.instant();
        return "%.2f s".formatted(Duration.between(begun, now).toMillis() / 1000.0);
    }
}

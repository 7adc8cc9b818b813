package dev.starling.billing;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Folds pod changes into usage spans. It watches from the revision that the ledger has reached, so what happened while
 * it was away is replayed, deletions included; where that history is gone it lists and closes what is missing.
 */
public final class UsageMeter implements Loop, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UsageMeter.class.getName());
    private static final int EVENTS_PER_STEP = 256;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KubeApi api;
    private final Ledger ledger;
    private final PriceBook prices;
    private volatile Optional<Driver.Running> running = Optional.empty();
    private Optional<Watch> watch = Optional.empty(); // owned by the loop
    private long revision; // owned by the loop: up to where changes were folded

    public UsageMeter(KubeApi api, Ledger ledger, PriceBook prices) {
        this.api = api;
        this.ledger = ledger;
        this.prices = prices;
        this.revision = ledger.revision();
    }

    public UsageMeter start(Driver driver) {
        var started = driver.start(this);
        running = Optional.of(started);
        started.wake();
        return this;
    }

    @Override
    public String name() {
        return "usage-meter";
    }

    /** To list all pods takes long. */
    @Override
    public boolean patient() {
        return watch.isEmpty();
    }

    @Override
    public Next step(Instant now) {
        try {
            var source = watch.isPresent() ? watch.get() : open(now);
            for (int i = 0; i < EVENTS_PER_STEP; i++) {
                var event = source.poll();
                if (event.isEmpty()) {
                    return source.ended() ? reopened() : Next.WHEN_WOKEN;
                }
                take(event.get(), now);
            }
            return Next.AGAIN;
        } catch (ApiException e) {
            LOG.log(Level.DEBUG, () -> "pod changes are not to be had why=" + e.getMessage());
            boolean tooOld = e.is(ApiException.Reason.EXPIRED) || e.is(ApiException.Reason.GONE)
                    || e.is(ApiException.Reason.TIMEOUT); // the ledger is ahead of an objects' store that was restored
            reopened();
            revision = tooOld ? 0 : revision;
            return tooOld ? Next.AGAIN : Next.at(now.plus(RETRY));
        } catch (RuntimeException e) {
            reopened(); // the change that could not be written is told again
            throw e;
        }
    }

    private Next reopened() {
        watch.ifPresent(Watch::close);
        watch = Optional.empty();
        return Next.AGAIN;
    }

    private Watch open(Instant now) {
        if (revision == 0) {
            list(now);
        }
        var opened = api.watch(WatchQuery.after(Kinds.PODS, "", Long.toString(revision)));
        opened.onReady(() -> running.ifPresent(Driver.Running::wake));
        watch = Optional.of(opened);
        return opened;
    }

    private void list(Instant now) {
        var list = api.list(ListQuery.all(Kinds.PODS));
        closeMissing(list.items(), now);
        list.items().stream().filter(pod -> Metering.began(pod) || ledger.find(pod.uid()).isPresent())
                .sorted(Comparator.comparingLong(Metering::revision)).forEach(this::fold);
        revision = Long.parseLong(list.resourceVersion());
    }

    /**
     * Comes before anything newer is folded and leaves the ledger's revision as it is, so that a process that is
     * killed half-way does all of it again.
     */
    private void closeMissing(List<KubeObject> pods, Instant now) {
        var open = ledger.spans().stream().filter(UsageSpan::isOpen).toList();
        if (open.isEmpty()) {
            return;
        }
        var present = pods.stream().map(KubeObject::uid).collect(Collectors.toSet());
        open.stream().filter(span -> !present.contains(span.uid())).forEach(span -> {
            LOG.log(Level.WARNING, "a pod went unseen, its span ends now pod=" + span.pod() + " uid=" + span.uid());
            ledger.close(span.uid(), now, span.openedAt(), JsonObject.EMPTY);
        });
    }

    private void take(WatchEvent event, Instant now) {
        var pod = event.object();
        switch (event.type()) {
            case ADDED, MODIFIED -> fold(pod);
            case DELETED -> {
                fold(pod);
                close(pod, Metering.endOfDeleted(pod, now));
            }
            case BOOKMARK -> { }
            case ERROR -> throw ApiException.from(pod.tree());
        }
        revision = Math.max(revision, Metering.revision(pod));
    }

    private void fold(KubeObject pod) {
        Metering.span(pod, prices).ifPresent(ledger::open);
        Metering.end(pod).ifPresent(end -> close(pod, end));
    }

    /** A span is closed once, so what is wrong with its receipt is told once. */
    private void close(KubeObject pod, Instant end) {
        if (ledger.find(pod.uid()).filter(UsageSpan::isOpen).isEmpty()) {
            return;
        }
        var receipt = Metering.receipt(pod);
        if (receipt.isEmpty()) {
            LOG.log(Level.WARNING, "a pod's receipt can't be read, it is billed without pod=" + pod.namespacedName()
                    + " uid=" + pod.uid());
        }
        ledger.close(pod.uid(), end, Metering.revision(pod), receipt.orElse(JsonObject.EMPTY));
    }

    @Override
    public void close() {
        running.ifPresent(Driver.Running::close);
        watch.ifPresent(Watch::close);
    }
}

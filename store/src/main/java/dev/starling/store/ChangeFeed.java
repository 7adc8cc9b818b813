package dev.starling.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** The open readers of changes. They all walk the one history of the image. */
final class ChangeFeed<V> {
    private static final Logger LOG = System.getLogger(ChangeFeed.class.getName());

    private final Image<V> image;
    private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
    private final LongAdder overruns = new LongAdder();

    ChangeFeed(Image<V> image) {
        this.image = image;
    }

    Changes<V> open(String prefix, long afterRevision) {
        image.checkReadable(afterRevision);
        var reader = new Reader(prefix, afterRevision);
        readers.add(reader);
        return reader;
    }

    /** Wakes the readers that these changes concern. For the writer, after the changes became visible. */
    void published(long revisionBefore, List<Change<V>> changes) {
        long revisionNow = changes.getLast().revision();
        for (var reader : readers) {
            reader.published(revisionBefore, revisionNow, changes);
        }
    }

    long overruns() {
        return overruns.sum();
    }

    private final class Reader implements Changes<V> {
        private static final Runnable NOBODY = () -> {};

        private final String prefix;
        private final AtomicBoolean overrun = new AtomicBoolean();
        private volatile Runnable ready = NOBODY;

        /** Everything up to here has been polled or does not match. Guarded by this reader's monitor. */
        private long seen;

        Reader(String prefix, long seen) {
            this.prefix = prefix;
            this.seen = seen;
        }

        /** Walks on from change to change: whoever begins far back passes many that are not its own. */
        @Override
        public synchronized Optional<Change<V>> poll() {
            long visible = image.revision();
            for (var next : image.changesAfter(seen)) {
                checkNotOverrun();
                if (next.revision() > visible) {
                    break;
                }
                seen = next.revision();
                if (next.key().startsWith(prefix)) {
                    return Optional.of(next);
                }
            }
            checkNotOverrun();
            seen = Math.max(seen, visible);
            return Optional.empty();
        }

        private void checkNotOverrun() {
            long compacted = image.compactedRevision();
            if (seen >= compacted) {
                return;
            }
            readers.remove(this);
            if (overrun.compareAndSet(false, true)) {
                overruns.increment();
            }
            throw new OverrunException(seen, compacted);
        }

        @Override
        public synchronized long revision() {
            return seen;
        }

        @Override
        public void onReady(Runnable listener) {
            ready = listener;
            if (behind(image.revision())) {
                listener.run();
            }
        }

        private synchronized boolean behind(long visible) {
            return seen < visible;
        }

        /** A reader that had seen all before skips what does not concern it, so that silence never overruns it. */
        void published(long before, long now, List<Change<V>> changes) {
            if (concerned(before, now, changes)) {
                try {
                    ready.run();
                } catch (RuntimeException bug) {
                    close();
                    LOG.log(Level.ERROR, "a reader of changes failed and is cut off prefix=" + prefix, bug);
                }
            }
        }

        private synchronized boolean concerned(long before, long now, List<Change<V>> changes) {
            if (seen < before) {
                return true;
            }
            for (var change : changes) {
                if (change.key().startsWith(prefix)) {
                    return true;
                }
            }
            seen = Math.max(seen, now);
            return false;
        }

        @Override
        public void close() {
            readers.remove(this);
            ready = NOBODY;
        }
    }
}

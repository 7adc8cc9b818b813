package dev.starling.app.up;

import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.billing.Ledger;
import dev.starling.billing.PriceBook;
import dev.starling.billing.UsageMeter;
import dev.starling.billing.UsageSpans;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.store.Journal;
import java.util.Optional;

/** The ledger, which is open before the API serves it, and the meter, which fills it afterwards. */
final class BillingPart implements AutoCloseable {
    private final Undo undo = new Undo();
    private final Driver driver;
    private final Ledger ledger;
    private final PriceBook prices;
    private Optional<UsageMeter> meter = Optional.empty();

    BillingPart(DataFolder folder, Driver driver) {
        this.driver = driver;
        this.prices = PriceBook.load(folder.prices());
        this.ledger = undo.with("ledger", new Ledger(Journal.open(folder.ledger(), driver.clock())));
    }

    ComputedResource spans() {
        var spans = new UsageSpans(ledger, prices, driver.clock());
        return new Computed(Kinds.USAGE_SPANS, spans::list, spans::find);
    }

    void meter(KubeApi api) {
        meter = Optional.of(new UsageMeter(api, ledger, prices).start(driver));
    }

    /** Stops metering, before the API goes that it watches. */
    void stopMeter() {
        meter.ifPresent(UsageMeter::close);
    }

    @Override
    public void close() {
        undo.close();
    }
}

package dev.starling.control.balancer;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Gives each Service of type LoadBalancer an address of a range, in its status. Services that name a class are
 * somebody else's. An address is given once: what was given and is not in the image yet is remembered. Who has an
 * address, and who waits for one, is looked up in indexes, so that no Service costs more where there are many.
 */
public final class LoadBalancerController implements Reconciler {
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final String BY_ADDRESS = "balancer-address";
    private static final String WAITING = "balancer-waiting";
    private static final String YES = "yes";

    private final BalancerAddresses addresses;
    private final Informer services;
    private final EventRecorder events;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ObjectKey, String> given = new HashMap<>(); // guarded by lock, as is the one below
    private final Map<String, ObjectKey> holders = new HashMap<>(); // of what was given

    private LoadBalancerController(BalancerAddresses addresses, Informer services, EventRecorder events) {
        this.addresses = addresses;
        this.services = services;
        this.events = events;
    }

    /** Wires the controller to its informer, which may not be started yet. */
    public static Controller controller(KubeApi api, Informer services, EventRecorder events, AddressRange range) {
        var balancers = new LoadBalancerController(new BalancerAddresses(range), services, events);
        var controller = new Controller("loadbalancer", api, balancers, List.of(services));
        services.index(BY_ADDRESS, service -> isBalanced(service) ? told(service) : List.of());
        services.index(WAITING, service -> isOurs(service) && told(service).isEmpty() ? List.of(YES) : List.of());
        services.onChange((before, after) -> {
            var key = after.or(() -> before).orElseThrow().key(Kinds.SERVICES);
            if (before.filter(LoadBalancerController::isOurs).isPresent()
                    && after.filter(LoadBalancerController::isOurs).isEmpty()) {
                balancers.forget(key);
                services.by(WAITING, YES).forEach(waiting -> controller.enqueue(waiting.key(Kinds.SERVICES)));
            }
            controller.enqueue(key);
        });
        return controller;
    }

    private static boolean isBalanced(KubeObject service) {
        return service.spec().text("type").equals("LoadBalancer");
    }

    private static boolean isOurs(KubeObject service) {
        return isBalanced(service) && !service.spec().has("loadBalancerClass");
    }

    private static List<String> told(KubeObject service) {
        return service.status().array("loadBalancer", "ingress").objects().stream()
                .map(ingress -> ingress.text("ip")).toList();
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var service = services.find(key.namespace(), key.name()).filter(LoadBalancerController::isOurs);
        if (service.isEmpty()) {
            forget(key);
            return Outcome.done();
        }
        if (service.get().deleting()) {
            return Outcome.done();
        }
        var address = choose(key, service.get());
        if (address.isEmpty()) {
            events.warning(service.get(), "SyncLoadBalancerFailed", "Error syncing load balancer: failed to ensure "
                    + "load balancer: " + why(service.get()));
            return Outcome.again(RETRY);
        }
        if (!told(service.get()).equals(List.of(address.get()))) {
            tell(key, address.get(), api);
            events.normal(service.get(), "EnsuredLoadBalancer", "Ensured load balancer");
        }
        return Outcome.done();
    }

    private void forget(ObjectKey key) {
        lock.lock();
        try {
            give(key, Optional.empty());
        } finally {
            lock.unlock();
        }
    }

    private Optional<String> choose(ObjectKey key, KubeObject service) {
        lock.lock();
        try {
            Predicate<String> taken = address -> isTaken(key, address);
            var held = Optional.ofNullable(given.get(key)).or(() -> told(service).stream().findFirst())
                    .filter(addresses::contains).filter(old -> wish(service).isEmpty() || wish(service).equals(old));
            var chosen = held.filter(taken.negate()).or(() -> wish(service).isEmpty() ? addresses.free(taken)
                    : Optional.of(wish(service)).filter(addresses::contains).filter(taken.negate()));
            give(key, chosen);
            return chosen;
        } finally {
            lock.unlock();
        }
    }

    private static String wish(KubeObject service) {
        return service.spec().text("loadBalancerIP");
    }

    /** Called under the lock. */
    private void give(ObjectKey key, Optional<String> address) {
        Optional.ofNullable(given.remove(key)).ifPresent(old -> holders.remove(old, key));
        address.ifPresent(now -> {
            given.put(key, now);
            holders.put(now, key);
        });
    }

    /** Whether another Service has it, whoever gave it. Called under the lock. */
    private boolean isTaken(ObjectKey key, String address) {
        return services.by(BY_ADDRESS, address).stream().anyMatch(other -> !other.key(Kinds.SERVICES).equals(key))
                || !holders.getOrDefault(address, key).equals(key);
    }

    private String why(KubeObject service) {
        String wish = wish(service);
        return wish.isEmpty() ? "no address of " + addresses.range() + " is free" : !addresses.contains(wish)
                ? wish + " is not in " + addresses.range() : wish + " is taken";
    }

    private static void tell(ObjectKey key, String address, KubeApi api) {
        var ingress = JsonArray.of(JsonObject.of("ip", address, "ipMode", "VIP"));
        try {
            api.patch(key.sub("status"), new Patch.Merge(JsonObject.EMPTY.withAt(ingress, "status", "loadBalancer",
                    "ingress")));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.INVALID)) {
                throw e;
            }
        }
    }
}

package dev.starling.apiserver.registry;

import dev.starling.apiserver.registry.AdmissionRequest.Circumstances;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.apiserver.registry.FieldOwnership.Application;
import dev.starling.apiserver.registry.ManagedEntry.Owner;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.store.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Creates and changes objects of every kind in the same steps. */
final class Writer {
    /** With compare-and-set somebody always wins, so that a loser who tries this often meets a very hot object. */
    private static final int MOST_TRIES = 512;
    private static final int MOST_NAMES = 8;
    private static final KubeObject NEW = KubeObject.of(JsonObject.EMPTY);
    static final String MODIFIED =
            "the object has been modified; please apply your changes to the latest version and try again";

    private final RegistryParts parts;
    private final Committer committer;
    private final AdmissionChain chain;
    private final Catalog catalog;
    private final FieldOwnership ownership;

    Writer(RegistryParts parts, Committer committer, Catalog catalog) {
        this.parts = parts;
        this.committer = committer;
        this.catalog = catalog;
        this.ownership = new FieldOwnership(catalog);
        this.chain = new AdmissionChain(parts.admissions(), parts.gates());
    }

    /**
     * One request to write.
     *
     * @param owning whether the writer owns what it changes; what a subresource does by itself has no owner
     */
    record Job(Kind kind, Request request, ObjectKey key, WriteOptions options, boolean owning) {

        Job(Kind kind, Request request, ObjectKey key, WriteOptions options) {
            this(kind, request, key, options, true);
        }

        Incoming.Strictness strictness() {
            return Incoming.Strictness.of(request, options);
        }

        FieldOwnership.Edit edit(boolean applies, Instant now) {
            String manager = options.fieldManager().isEmpty() ? request.caller().manager() : options.fieldManager();
            var owner = applies ? Owner.applying(manager, key.subresource())
                    : Owner.updating(manager, kind.type().apiVersion(), key.subresource());
            return new FieldOwnership.Edit(kind, owner, now);
        }
    }

    /**
     * What a client wants of an object.
     *
     * @param owners who owns what by it, where that is decided already
     */
    record Wish(KubeObject object, Optional<ManagedFields> owners) {

        static Wish of(KubeObject object) {
            return new Wish(object, Optional.empty());
        }
    }

    KubeObject create(Job job, KubeObject object) {
        var decoded = Incoming.placed(job.key(), Incoming.decoded(job.kind(), object, job.strictness()));
        if (!decoded.name().isEmpty()) {
            return createNamed(job, Wish.of(decoded), decoded.name());
        }
        String prefix = decoded.metadata().text("generateName");
        if (prefix.isEmpty()) {
            throw invalid(job.kind(), "", List.of(new Cause("FieldValueRequired",
                    "Required value: name or generateName is required", "metadata.name")));
        }
        return createGenerated(job, decoded, prefix);
    }

    private KubeObject createGenerated(Job job, KubeObject decoded, String prefix) {
        for (int i = 0; i < MOST_NAMES; i++) {
            try {
                return createNamed(job, Wish.of(decoded), Names.generated(prefix, parts.random()));
            } catch (ApiException e) {
                if (!e.is(Reason.ALREADY_EXISTS)) {
                    throw e;
                }
            }
        }
        throw new ApiException(Reason.ALREADY_EXISTS, job.key().type().qualifiedPlural() + " \"" + prefix
                + "\" already exists, the server was not able to generate a unique name for the object",
                JsonObject.of("retryAfterSeconds", 1));
    }

    private KubeObject createNamed(Job job, Wish wish, String name) {
        var kind = job.kind();
        var decoded = wish.object();
        var key = kind.type().key(job.key().namespace(), name);
        if (!decoded.resourceVersion().isEmpty() && !decoded.resourceVersion().equals("0")) {
            throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
        }
        var birth = new Metadata.Birth(key.namespace(), name, Names.uid(parts.random()), parts.clock().instant());
        var filled = Metadata.created(decoded, birth, kind.rules().hasGeneration());
        var bare = owned(job, NEW, bare(kind.rules(), filled), wish);
        var undo = new Undo();
        try {
            var circumstances = circumstances(job, undo);
            var request = new AdmissionRequest(Operation.CREATE, key, Optional.empty(), bare, circumstances);
            var prepared = kind.rules().prepareForCreate(bare(kind.rules(), chain.admitted(request).object()));
            check(kind, prepared, violations(kind, prepared, kind.schema().violations(prepared.tree())));
            chain.pass(request.with(prepared));
            return job.options().dryRun() ? dryCreated(kind, key, prepared) : created(kind, key, prepared, undo);
        } finally {
            undo.run();
        }
    }

    private static KubeObject bare(KindRules rules, KubeObject object) {
        return rules.hasStatus() && !rules.createsWithStatus() ? object.without("status") : object;
    }

    private KubeObject created(Kind kind, ObjectKey key, KubeObject prepared, Undo undo) {
        var made = committer.create(kind, key, prepared);
        undo.committed();
        return made;
    }

    private KubeObject dryCreated(Kind kind, ObjectKey key, KubeObject prepared) {
        if (committer.entry(kind, key).isPresent()) {
            throw ApiException.alreadyExists(key.type().qualifiedPlural(), key.name());
        }
        return prepared;
    }

    /** Replaces an object, or creates it where the kind allows that. */
    Written update(Job job, KubeObject object) {
        var decoded = Incoming.decoded(job.kind(), object, job.strictness());
        Incoming.checkAddress(job.key(), decoded);
        boolean missing = job.key().subresource().isEmpty() && committer.entry(job.kind(), job.key()).isEmpty();
        if (missing && job.kind().rules().createsOnUpdate() && decoded.uid().isEmpty()
                && decoded.resourceVersion().isEmpty()) {
            job.request().mayCreate().run();
            return new Written(create(job, decoded), true);
        }
        return new Written(change(job, before -> decoded), false);
    }

    /** Merges a configuration into an object, or creates the object. */
    Written apply(Job job, Patch.Apply patch) {
        var configuration = Configurations.checked(job.kind(), job.key().subresource(), patch.object());
        for (int i = 0; i < MOST_TRIES; i++) {
            try {
                if (!job.key().subresource().isEmpty() || committer.entry(job.kind(), job.key()).isPresent()) {
                    return new Written(applied(job, configuration, patch.force()), false);
                }
                return new Written(createdBy(job, configuration), true);
            } catch (ApiException e) {
                boolean gone = e.is(Reason.NOT_FOUND) && job.key().subresource().isEmpty();
                if (!gone && !e.is(Reason.ALREADY_EXISTS)) {
                    throw e;
                }
            }
        }
        throw conflict(job.key(), MODIFIED);
    }

    /** Merges a configuration that is known to fit into an object that must be there. */
    KubeObject applied(Job job, JsonObject configuration, boolean force) {
        return changeAs(job, before -> applied(job, before, new Application(configuration, force)));
    }

    private KubeObject createdBy(Job job, JsonObject configuration) {
        job.request().mayCreate().run();
        var wish = applied(job, NEW, new Application(configuration, true));
        Configurations.checkAbsence(job, wish.object());
        return createNamed(job, wish, job.key().name());
    }

    private Wish applied(Job job, KubeObject live, Application application) {
        var outcome = ownership.applied(job.edit(true, parts.clock().instant()), live, application);
        var decoded = Incoming.decoded(job.kind(), outcome.object(), job.strictness());
        Incoming.checkAddress(job.key(), decoded);
        return new Wish(decoded, Optional.of(outcome.owners()));
    }

    private KubeObject owned(Job job, KubeObject before, KubeObject after, Wish wish) {
        if (wish.owners().isPresent()) {
            return wish.owners().get().on(after);
        }
        return job.owning() ? ownership.written(job.edit(false, parts.clock().instant()), before, after, wish.object())
                : ManagedFields.of(before).on(after);
    }

    /**
     * Stores what a function makes of the newest state, and calls it again when another write was faster. A
     * resourceVersion in its result that is not the newest is a CONFLICT.
     */
    KubeObject change(Job job, UnaryOperator<KubeObject> next) {
        return changeAs(job, before -> Wish.of(next.apply(before)));
    }

    private KubeObject changeAs(Job job, Function<KubeObject, Wish> next) {
        for (int i = 0; i < MOST_TRIES; i++) {
            var before = committer.entry(job.kind(), job.key().whole()).orElseThrow(() -> missing(job.key()));
            var undo = new Undo();
            try {
                var after = prepared(job, before.value(), next.apply(before.value()), undo);
                var stored = stored(job, before, after);
                if (stored.isPresent()) {
                    undo.committed();
                    return stored.get();
                }
            } finally {
                undo.run();
            }
        }
        throw conflict(job.key(), MODIFIED);
    }

    private KubeObject prepared(Job job, KubeObject before, Wish wish, Undo undo) {
        var wanted = wish.object();
        checkPreconditions(job, before, wanted);
        var rules = job.kind().rules();
        var merged = switch (job.key().subresource()) {
            case "" -> mainMerged(rules, before, wanted);
            case "status" -> statusMerged(rules, before, wanted);
            default -> rules.part(job.key().subresource()).map(part -> part.merged(before, wanted))
                    .orElseGet(() -> Metadata.updated(before, wanted));
        };
        var request = chain.admitted(new AdmissionRequest(Operation.UPDATE, job.key(), Optional.of(before),
                owned(job, before, merged, wish), circumstances(job, undo)));
        var after = FieldOwnership.settled(before, finished(job, before, request.object()));
        var schema = job.kind().schema();
        var causes = new ArrayList<>(violations(job.kind(), after,
                schema.updateViolations(before.tree(), after.tree())));
        causes.addAll(Metadata.updateViolations(before, after));
        if (job.key().subresource().isEmpty() || job.key().subresource().equals("status")) {
            causes.addAll(schema.changeViolations(before.tree(), after.tree()));
        }
        rules.part(job.key().subresource()).ifPresent(part -> causes.addAll(part.violations(before, after)));
        check(job.kind(), after, causes);
        chain.pass(request.with(after));
        return after;
    }

    /** Stations may change no more of an object than the write that they see. */
    private static KubeObject finished(Job job, KubeObject before, KubeObject admitted) {
        var rules = job.kind().rules();
        return switch (job.key().subresource()) {
            case "" -> raised(rules, before, rules.prepareForUpdate(before,
                    rules.hasStatus() ? withStatusOf(before, admitted) : admitted));
            case "status" -> rules.prepareForStatus(before, ManagedFields.of(admitted)
                    .on(statusMerged(rules, before, admitted)));
            default -> raised(rules, before, rules.part(job.key().subresource())
                    .map(part -> ManagedFields.of(admitted).on(part.merged(before, admitted))).orElse(admitted));
        };
    }

    private static void checkPreconditions(Job job, KubeObject before, KubeObject wanted) {
        if (!wanted.uid().isEmpty() && !wanted.uid().equals(before.uid())) {
            throw conflict(job.key(), "Precondition failed: UID in precondition: " + wanted.uid()
                    + ", UID in object meta: " + before.uid());
        }
        boolean any = wanted.resourceVersion().isEmpty() || wanted.resourceVersion().equals("0");
        if (any && !job.kind().rules().updatesUnconditionally()) {
            throw invalid(job.kind(), before.name(), List.of(new Cause("FieldValueInvalid",
                    "Invalid value: 0: must be specified for an update", "metadata.resourceVersion")));
        }
        if (!any && !wanted.resourceVersion().equals(before.resourceVersion())) {
            throw conflict(job.key(), MODIFIED);
        }
    }

    private static KubeObject mainMerged(KindRules rules, KubeObject before, KubeObject wanted) {
        var merged = Metadata.updated(before, wanted);
        return rules.hasStatus() ? withStatusOf(before, merged) : merged;
    }

    private static KubeObject statusMerged(KindRules rules, KubeObject before, KubeObject wanted) {
        var merged = withStatusOf(wanted, before);
        return rules.statusWritesMetadata()
                ? merged.with(Metadata.updated(before, wanted).metadata(), "metadata") : merged;
    }

    private static KubeObject withStatusOf(KubeObject source, KubeObject object) {
        return source.tree().find("status").map(status -> object.with(status, "status"))
                .orElseGet(() -> object.without("status"));
    }

    private static KubeObject raised(KindRules rules, KubeObject before, KubeObject after) {
        return rules.hasGeneration() && rules.asksForMore(before, after) ? Metadata.generationRaised(after) : after;
    }

    /** The answer once it is stored; nothing if another write was faster. */
    private Optional<KubeObject> stored(Job job, Entry<KubeObject> before, KubeObject after) {
        if (job.options().dryRun()) {
            return Optional.of(after);
        }
        if (Deletions.complete(job.kind().rules(), after)) {
            return committer.remove(job.kind(), before) ? Optional.of(after) : Optional.empty();
        }
        boolean same = after.equals(before.value()) && !committer.outdated(job.kind(), job.key());
        return same ? Optional.of(before.value())
                : committer.replace(job.kind(), before, after);
    }

    /** Asks all stations whether an object may be deleted. */
    void admitDeletion(Job job, KubeObject object) {
        throughChain(job, Operation.DELETE, Optional.of(object), object);
    }

    /** What the stations leave of what is not stored itself: the body of a subresource, or a connection's options. */
    KubeObject admitted(Job job, Operation operation, KubeObject object) {
        return throughChain(job, operation, Optional.empty(), object);
    }

    private KubeObject throughChain(Job job, Operation operation, Optional<KubeObject> before, KubeObject object) {
        var undo = new Undo();
        try {
            return chain.through(new AdmissionRequest(operation, job.key(), before, object,
                    circumstances(job, undo))).object();
        } finally {
            undo.run();
        }
    }

    private Circumstances circumstances(Job job, Undo undo) {
        return new Circumstances(job.request(), job.options(), committer, undo, catalog, new Passes(),
                object -> object.kind().equals(job.kind().type().kind())
                        ? Incoming.decoded(job.kind(), object, job.strictness()) : object);
    }

    private static List<Cause> violations(Kind kind, KubeObject object, List<Cause> ofSchema) {
        var causes = new ArrayList<>(Metadata.violations(object, kind.rules().nameRule()));
        causes.addAll(ofSchema);
        causes.addAll(kind.rules().validate(object));
        return causes;
    }

    private static void check(Kind kind, KubeObject object, List<Cause> causes) {
        if (!causes.isEmpty()) {
            throw invalid(kind, object.name(), causes);
        }
    }

    static ApiException invalid(Kind kind, String name, List<Cause> causes) {
        return ApiException.invalid(kind.type().group(), kind.type().kind(), name, causes);
    }

    static ApiException missing(ObjectKey key) {
        return ApiException.notFound(key.type().qualifiedPlural(), key.name());
    }

    static ApiException conflict(ObjectKey key, String why) {
        return ApiException.conflict(key.type().qualifiedPlural(), key.name(), why);
    }
}

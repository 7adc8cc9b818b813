package dev.starling.apiserver.registry;

import dev.starling.apiserver.watch.WatchHub;
import dev.starling.apiserver.watch.WatchRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.store.CompactedException;
import dev.starling.store.Entry;
import dev.starling.store.FutureRevisionException;
import dev.starling.store.Page;
import dev.starling.store.RangeQuery;
import dev.starling.store.RevisionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Lists and watches: every page of a list shows the same revision, and a watch follows without a gap. */
final class Lister {
    private final RevisionStore<KubeObject> store;
    private final WatchHub hub;

    Lister(RevisionStore<KubeObject> store, WatchHub hub) {
        this.store = store;
        this.hub = hub;
    }

    ObjectList list(Kind kind, ListQuery query) {
        checkMatch(query);
        var selection = new Selection(kind, filter(kind, query.labels(), query.fields()));
        String prefix = StoreKeys.prefix(kind.storage().type(), query.namespace());
        if (!query.continueToken().isEmpty()) {
            var token = ContinueToken.parse(query.continueToken());
            return page(query, selection, RangeQuery.prefix(prefix).at(token.revision()).after(prefix + token.after()));
        }
        String narrow = query.limit() == 0 ? narrowed(kind, query.namespace(), query.fields()) : prefix;
        return page(query, selection, RangeQuery.prefix(narrow).at(revision(query)));
    }

    /** What the keys of all that is asked for begin with: who asks for one name need not walk past all others. */
    private static String narrowed(Kind kind, String namespace, FieldSelector fields) {
        String prefix = StoreKeys.prefix(kind.storage().type(), namespace);
        boolean named = !kind.type().namespaced() || !namespace.isEmpty();
        return named ? prefix + fields.only("metadata.name").orElse("") : prefix;
    }

    /** The revision to read at; 0 for the newest. */
    private long revision(ListQuery query) {
        require(query.resourceVersion());
        long asked = revision(query.resourceVersion());
        boolean exact = query.match().equals("Exact") || query.match().isEmpty() && query.limit() > 0;
        return exact ? asked : 0;
    }

    /** The objects of a kind that a filter lets through. */
    private record Selection(Kind kind, Predicate<KubeObject> filter) {
    }

    private ObjectList page(ListQuery query, Selection selection, RangeQuery first) {
        try {
            return query.limit() == 0 ? whole(selection, first) : limited(query, selection, first);
        } catch (CompactedException e) {
            throw tooOld(query);
        } catch (FutureRevisionException e) {
            throw WatchHub.tooLarge(first.revision(), e.newestRevision());
        }
    }

    private static ApiException tooOld(ListQuery query) {
        if (query.continueToken().isEmpty()) {
            return ApiException.expired("The resourceVersion for the provided list is too old.");
        }
        var rest = ContinueToken.parse(query.continueToken()).inconsistent();
        return ApiException.expired("The provided continue parameter is too old to display a consistent list result. "
                + "You can start a new list without the continue parameter, or use the continue token in this "
                + "response to retrieve the remainder of the results. Continuing with the provided token results in "
                + "an inconsistent list - objects that were created, modified, or deleted between the time the first "
                + "chunk was returned and now may show up in the list.").continuing(rest.text());
    }

    private ObjectList whole(Selection selection, RangeQuery range) {
        var page = store.range(range);
        var selected = shown(selection, page).stream().filter(selection.filter()).toList();
        return new ObjectList(selected, Long.toString(page.revision()), "", 0);
    }

    /** Converted together, because a webhook may be asked. */
    private static List<KubeObject> shown(Selection selection, Page<KubeObject> page) {
        return selection.kind().storage().conversion().served(page.entries().stream().map(Entry::value).toList());
    }

    /** A filtered page is cut from the whole range, so that a filter that lets little through costs one walk. */
    private ObjectList limited(ListQuery query, Selection selection, RangeQuery first) {
        var page = store.range(isFiltered(query) ? first : first.limitedTo(query.limit()));
        var items = new ArrayList<KubeObject>();
        var shown = shown(selection, page);
        for (int i = 0; i < page.entries().size(); i++) {
            var entry = page.entries().get(i);
            if (selection.filter().test(shown.get(i))) {
                items.add(shown.get(i));
            }
            long left = page.entries().size() - 1 - i + page.remaining();
            if (items.size() == query.limit() && left > 0) {
                return cut(query, items, page, entry.key().substring(first.prefix().length()), left);
            }
        }
        return new ObjectList(items, Long.toString(page.revision()), "", 0);
    }

    private static boolean isFiltered(ListQuery query) {
        return !query.labels().isAll() || !query.fields().isAll();
    }

    /** How many follow is only known where nothing is filtered. */
    private static ObjectList cut(ListQuery query, List<KubeObject> items, Page<KubeObject> page, String last,
            long left) {
        return new ObjectList(items, Long.toString(page.revision()),
                new ContinueToken(page.revision(), last).text(), isFiltered(query) ? 0 : left);
    }

    private static void checkMatch(ListQuery query) {
        String version = query.resourceVersion();
        if (!query.continueToken().isEmpty() && !version.isEmpty() && !version.equals("0")) {
            throw ApiException.badRequest("specifying resource version is not allowed when using continue");
        }
        if (query.match().isEmpty()) {
            return;
        }
        var causes = matchCauses(query);
        if (!causes.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", "ListOptions", "", causes);
        }
    }

    /** Source: {@code apimachinery/pkg/apis/meta/internalversion/validation}. */
    private static List<Cause> matchCauses(ListQuery query) {
        var causes = new ArrayList<Cause>();
        if (query.resourceVersion().isEmpty()) {
            causes.add(forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }
        if (!query.continueToken().isEmpty()) {
            causes.add(forbidden("resourceVersionMatch is forbidden when continue is provided"));
        }
        if (!List.of("Exact", "NotOlderThan").contains(query.match())) {
            causes.add(new Cause("FieldValueNotSupported", "Unsupported value: \"" + query.match()
                    + "\": supported values: \"Exact\", \"NotOlderThan\", \"\"", "resourceVersionMatch"));
        }
        if (query.match().equals("Exact") && query.resourceVersion().equals("0")) {
            causes.add(forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }
        return causes;
    }

    private static Cause forbidden(String why) {
        return new Cause("FieldValueForbidden", "Forbidden: " + why, "resourceVersionMatch");
    }

    /** 0 for an unset version, which like "0" means whatever is there. */
    static long revision(String resourceVersion) {
        if (resourceVersion.isEmpty()) {
            return 0;
        }
        try {
            long revision = Long.parseLong(resourceVersion);
            if (revision >= 0) {
                return revision;
            }
        } catch (NumberFormatException e) {
            throw notANumber(resourceVersion);
        }
        throw notANumber(resourceVersion);
    }

    private static ApiException notANumber(String resourceVersion) {
        return ApiException.invalid("meta.k8s.io", "ListOptions", "", List.of(new Cause("FieldValueInvalid",
                "Invalid value: \"" + resourceVersion + "\": strconv.ParseUint: parsing \"" + resourceVersion
                        + "\": invalid syntax", "resourceVersion")));
    }

    Watch watch(Kind kind, WatchQuery query) {
        var stored = kind.storage().type();
        var scope = new WatchRequest.Scope(kind.type(), StoreKeys.typePrefix(stored),
                narrowed(kind, query.namespace(), query.fields()), kind.storage().conversion()::served);
        return hub.watch(new WatchRequest(scope, filter(kind, query.labels(), query.fields()),
                after(query), query.bookmarks(),
                query.initial() == WatchQuery.Initial.SEND && query.bookmarks()));
    }

    /** The revision after which a watch begins; 0 for every present object first. */
    private long after(WatchQuery query) {
        long asked = revision(query.resourceVersion());
        return switch (query.initial()) {
            case UNSET -> asked;
            case SEND -> {
                require(query.resourceVersion());
                yield 0;
            }
            case OMIT -> asked == 0 ? store.revision() : asked;
        };
    }

    /** Refuses a revision that is not there yet: what is read is at least as new as the client asks for. */
    void require(String resourceVersion) {
        long asked = revision(resourceVersion);
        long newest = store.revision();
        if (asked > newest) {
            throw WatchHub.tooLarge(asked, newest);
        }
    }

    private static Predicate<KubeObject> filter(Kind kind, LabelSelector labels, FieldSelector fields) {
        if (labels.isAll() && fields.isAll()) {
            return object -> true;
        }
        var selectable = kind.rules().selectable();
        for (var term : fields.terms()) {
            checkSelectable(selectable.keySet(), term.path());
        }
        return object -> (labels.isAll() || labels.matches(object.labels()))
                && (fields.isAll() || fields.matches(path -> field(selectable.get(path), object, path)));
    }

    private static void checkSelectable(java.util.Set<String> selectable, String path) {
        if (path.equals("metadata.name") || path.equals("metadata.namespace") || selectable.contains(path)) {
            return;
        }
        throw ApiException.badRequest(selectable.isEmpty() ? "\"" + path
                + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                : "field label not supported: " + path);
    }

    private static String field(@org.jspecify.annotations.Nullable Function<KubeObject, String> reader,
            KubeObject object, String path) {
        if (reader != null) {
            return reader.apply(object);
        }
        return path.equals("metadata.name") ? object.name() : object.namespace();
    }

    /** The objects of a computed resource, in the order in which stored ones come. */
    ObjectList computed(ComputedResource resource, ListQuery query) {
        var filter = filter(Kind.of(
                ServedResource.computed(resource.type(), resource.removable()), KindRules.PLAIN), query.labels(),
                query.fields());
        var items = resource.list(query.namespace()).stream().filter(filter)
                .sorted(java.util.Comparator.comparing(KubeObject::namespacedName)).toList();
        return new ObjectList(items, Long.toString(store.revision()), "", 0);
    }
}

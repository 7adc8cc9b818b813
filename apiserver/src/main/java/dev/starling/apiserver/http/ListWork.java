package dev.starling.apiserver.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many seats a request is worth: a list, and a watch that begins with one, take as many as there are hundreds of
 * objects. How many there are is known from the last such list; what takes one seat need not be known. Thread-safe.
 */
final class ListWork {
    private static final int OBJECTS_PER_SEAT = 100;
    private static final int MOST_SEATS = 10;
    private static final int MOST_KNOWN = 4_096;

    private final Map<String, Integer> known = new ConcurrentHashMap<>();

    int width(ApiRequest request) {
        if (!lists(request)) {
            return 1;
        }
        long limit = request.verb().equals("list") ? request.query().number("limit").orElse(0) : 0;
        long objects = Math.min(known.getOrDefault(place(request), 0), limit > 0 ? limit : Long.MAX_VALUE);
        return (int) Math.clamp(Math.ceilDiv(objects, (long) OBJECTS_PER_SEAT), 1L, MOST_SEATS);
    }

    private static boolean lists(ApiRequest request) {
        String revision = request.query().text("resourceVersion");
        return request.verb().equals("list")
                || request.verb().equals("watch") && (revision.isEmpty() || revision.equals("0")
                || request.query().flag("sendInitialEvents"));
    }

    private static String place(ApiRequest request) {
        return request.resource().map(path -> path.group() + "/" + path.resource() + "/" + path.namespace()).orElse("");
    }

    /** A list was answered. One that is a page of more, or a choice, tells at least so much. */
    void listed(ApiRequest request, int objects) {
        if (!request.verb().equals("list")) {
            return;
        }
        boolean part = !request.query().text("limit").isEmpty() || !request.query().text("labelSelector").isEmpty()
                || !request.query().text("fieldSelector").isEmpty();
        String place = place(request);
        if (objects > OBJECTS_PER_SEAT) {
            known.merge(place, objects, (before, now) -> part ? Math.max(before, now) : now);
            forgetOneTooMany(place);
        } else if (!part) {
            known.remove(place);
        }
    }

    /** Places may be gone, such as namespaces that are deleted. One that is not is learnt again from its next list. */
    private void forgetOneTooMany(String newest) {
        if (known.size() > MOST_KNOWN) {
            known.keySet().stream().filter(place -> !place.equals(newest)).findFirst().ifPresent(known::remove);
        }
    }
}

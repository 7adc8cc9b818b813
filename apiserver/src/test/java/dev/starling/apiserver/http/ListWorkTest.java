package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListWorkTest {
    private final ListWork work = new ListWork();

    private static ApiRequest list(String namespace, String query) {
        String path = "/api/v1/namespaces/" + namespace + "/configmaps";
        var segments = ApiPath.segments(path).orElseThrow();
        return new ApiRequest("list", segments, ApiPath.of(segments), Query.parse(query), path, false);
    }

    @Test
    void aListIsWorthASeatForEachHundred() {
        assertEquals(1, work.width(list("a", "")));
        work.listed(list("a", ""), 450);
        assertEquals(5, work.width(list("a", "")));
        assertEquals(2, work.width(list("a", "limit=150")));
        assertEquals(1, work.width(list("b", "")));
        work.listed(list("a", "labelSelector=x"), 3);
        assertEquals(5, work.width(list("a", "")));
        work.listed(list("a", ""), 20);
        assertEquals(1, work.width(list("a", "")));
    }

    /** Namespaces come and go; what is gone may not keep the place of what is there. */
    @Test
    void theNewestAreKnownHoweverManyThereWere() {
        for (int i = 0; i < 10_000; i++) {
            work.listed(list("n" + i, ""), 450);
            assertEquals(5, work.width(list("n" + i, "")), "n" + i);
        }
    }

    @Test
    void otherRequestsTakeOne() {
        var whole = list("a", "");
        work.listed(whole, 450);
        assertEquals(1, work.width(new ApiRequest("create", whole.segments(), whole.resource(), whole.query(),
                whole.path(), false)));
        assertEquals(1, work.width(new ApiRequest("list", whole.segments(), Optional.empty(), whole.query(),
                "/version", false)));
    }
}

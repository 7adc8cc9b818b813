package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The parameters after the question mark, decoded. */
record Query(Map<String, List<String>> values) {
    private static final Query NONE = new Query(Map.of());

    /** @throws ApiException BAD_REQUEST for a broken escape */
    static Query parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        var values = new LinkedHashMap<String, List<String>>();
        for (String part : text.split("&")) {
            if (!part.isEmpty()) {
                int is = part.indexOf('=');
                String name = decode(is < 0 ? part : part.substring(0, is));
                values.computeIfAbsent(name, n -> new ArrayList<>()).add(is < 0 ? "" : decode(part.substring(is + 1)));
            }
        }
        return new Query(values);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid URL escape in the query");
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The first value, or the empty text. */
    String text(String name) {
        return all(name).isEmpty() ? "" : all(name).getFirst();
    }

    /** As Kubernetes reads booleans: present and neither {@code false} nor {@code 0}. */
    boolean flag(String name) {
        return has(name) && !text(name).equalsIgnoreCase("false") && !text(name).equals("0");
    }

    /** @throws ApiException BAD_REQUEST if it is there and is no whole number */
    OptionalLong number(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
        }
    }
}

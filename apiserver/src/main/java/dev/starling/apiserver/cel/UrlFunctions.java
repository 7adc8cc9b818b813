package dev.starling.apiserver.cel;

import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.starling.apiserver.cel.Functions.Form;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code url("https://example.com/path")} and its parts. */
final class UrlFunctions {
    private static final OpaqueType URL = OpaqueType.create("kubernetes.URL");

    private UrlFunctions() {
    }

    static void addTo(Functions functions) {
        functions.values(URL, URI.class)
                .global("url", new Form("string_to_url", URL, SimpleType.STRING),
                        a -> parse((String) a[0]).orElseThrow(() -> new IllegalArgumentException(
                                "URL parse error during conversion from string: parse \"" + a[0]
                                        + "\": invalid URI for request")))
                .global("isURL", new Form("is_url_string", SimpleType.BOOL, SimpleType.STRING),
                        a -> parse((String) a[0]).isPresent())
                .member("getScheme", new Form("url_get_scheme", SimpleType.STRING, URL),
                        a -> orEmpty(((URI) a[0]).getScheme()))
                .member("getHost", new Form("url_get_host", SimpleType.STRING, URL),
                        a -> host((URI) a[0]) + (((URI) a[0]).getPort() < 0 ? "" : ":" + ((URI) a[0]).getPort()))
                .member("getHostname", new Form("url_get_hostname", SimpleType.STRING, URL), a -> name((URI) a[0]))
                .member("getPort", new Form("url_get_port", SimpleType.STRING, URL),
                        a -> ((URI) a[0]).getPort() < 0 ? "" : Integer.toString(((URI) a[0]).getPort()))
                .member("getEscapedPath", new Form("url_get_escaped_path", SimpleType.STRING, URL),
                        a -> orEmpty(((URI) a[0]).getRawPath()))
                .member("getQuery", new Form("url_get_query", MapType.create(SimpleType.STRING,
                        ListType.create(SimpleType.STRING)), URL), a -> query((URI) a[0]));
    }

    private static Optional<URI> parse(String text) {
        try {
            var uri = new URI(text);
            return uri.isAbsolute() || text.startsWith("/") ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
        return text == null ? "" : text;
    }

    private static String host(URI uri) {
        return orEmpty(uri.getHost());
    }

    private static String name(URI uri) {
        String host = host(uri);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Map<String, List<String>> query(URI uri) {
        Map<String, List<String>> query = new TreeMap<>();
        for (String part : orEmpty(uri.getRawQuery()).split("&")) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!part.isEmpty()) {
                query.computeIfAbsent(decoded(name), n -> new ArrayList<>())
                        .add(equals < 0 ? "" : decoded(part.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}

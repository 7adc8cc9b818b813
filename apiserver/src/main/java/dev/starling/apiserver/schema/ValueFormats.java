package dev.starling.apiserver.schema;

import dev.starling.kube.object.Times;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The formats that texts may have, as upstream's schemas of custom kinds know them. A format that is not known allows
 * everything.
 */
public final class ValueFormats {
    private static final Map<String, Predicate<String>> FORMATS = Map.ofEntries(
            Map.entry("date-time", text -> Times.parse(text).isPresent()),
            Map.entry("datetime", text -> Times.parse(text).isPresent()),
            Map.entry("date", ValueFormats::isDate),
            Map.entry("duration", matches("^[-+]?((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h|d|w))+$|^0$"
                    + "|^\\d+ ?(nanos|micros|millis|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)$")),
            Map.entry("byte", ValueFormats::isBase64),
            Map.entry("uri", ValueFormats::isUri),
            Map.entry("email", matches("^[^\\s@<>]+@[^\\s@<>]+$")),
            Map.entry("hostname", text -> text.length() <= 255
                    && matches("^([a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9_])?)(\\.[a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}"
                    + "[a-zA-Z0-9_])?)*\\.?$").test(text)),
            Map.entry("ipv4", ValueFormats::isIpv4), Map.entry("ipv6", ValueFormats::isIpv6),
            Map.entry("cidr", ValueFormats::isCidr),
            Map.entry("mac", matches("^([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2}[:-]?){1,3}$|^([0-9a-fA-F]{4}\\.){2,3}"
                    + "[0-9a-fA-F]{4}$")),
            Map.entry("uuid", uuid("[0-9a-f]")), Map.entry("uuid3", uuid("3")), Map.entry("uuid4", uuid("4")),
            Map.entry("uuid5", uuid("5")),
            Map.entry("bsonobjectid", matches("^[0-9a-fA-F]{24}$")),
            Map.entry("isbn10", matches("^(?:[0-9]{9}X|[0-9]{10})$")),
            Map.entry("isbn13", matches("^[0-9]{13}$")),
            Map.entry("isbn", matches("^(?:[0-9]{9}X|[0-9]{10}|[0-9]{13})$")),
            Map.entry("creditcard", matches("^[0-9][0-9 -]{11,22}[0-9]$")),
            Map.entry("ssn", matches("^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$")),
            Map.entry("hexcolor", matches("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")),
            Map.entry("rgbcolor", matches("^rgb\\(\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*\\)$")));

    private ValueFormats() {
    }

    /** Whether a text has a format. */
    public static boolean fits(String format, String text) {
        var known = FORMATS.get(format);
        return known == null || known.test(text);
    }

    private static Predicate<String> matches(String pattern) {
        return text -> LinearPattern.of(pattern).isIn(text);
    }

    private static Predicate<String> uuid(String version) {
        return matches("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?" + version + "[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$");
    }

    private static boolean isDate(String text) {
        try {
            return text.equals(LocalDate.parse(text).toString());
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        try {
            return Base64.getDecoder().decode(text).length >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isUri(String text) {
        try {
            var uri = new URI(text);
            return uri.isAbsolute() || text.startsWith("/");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isIpv4(String text) {
        return LinearPattern.of("^((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.|$)){4}$").isIn(text)
                && !text.endsWith(".");
    }

    /** Groups of four digits, one gap at most, and an IPv4 address as the last two. */
    private static boolean isIpv6(String text) {
        int gap = text.indexOf("::");
        if (!LinearPattern.of("^[0-9a-fA-F:.]{2,45}$").isIn(text) || gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        String whole = gap < 0 ? text : text.substring(0, gap) + ":" + text.substring(gap + 2);
        int groups = 0;
        for (String group : whole.split(":")) {
            boolean tail = group.contains(".");
            if (!group.isEmpty() && !(tail ? isIpv4(group) : LinearPattern.of("^[0-9a-fA-F]{1,4}$").isIn(group))) {
                return false;
            }
            groups += group.isEmpty() ? 0 : tail ? 2 : 1;
        }
        boolean edges = gap == 0 || !text.startsWith(":") && (!text.endsWith(":") || text.endsWith("::"));
        return edges && (gap < 0 ? groups == 8 : groups <= 7);
    }

    private static boolean isCidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !LinearPattern.of("^\\d{1,3}$").isIn(text.substring(slash + 1))) {
            return false;
        }
        String address = text.substring(0, slash);
        int bits = Integer.parseInt(text.substring(slash + 1));
        return isIpv4(address) && bits <= 32 || isIpv6(address) && bits <= 128;
    }
}

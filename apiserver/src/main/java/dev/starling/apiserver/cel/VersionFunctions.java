package dev.starling.apiserver.cel;

import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.starling.apiserver.cel.Functions.Form;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code semver("1.2.3")} and its order (source: semver.org, 2.0.0). */
final class VersionFunctions {
    private static final OpaqueType VERSION = OpaqueType.create("kubernetes.Semver");
    private static final Pattern STRICT = Pattern.compile("(0|[1-9]\\d{0,17})\\.(0|[1-9]\\d{0,17})\\.(0|[1-9]\\d{0,17})"
            + "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*+))?(?:\\+[0-9A-Za-z.-]+)?");
    private static final Pattern LOOSE = Pattern.compile("v?0*(\\d{1,18})(?:\\.0*(\\d{1,18}))?(?:\\.0*(\\d{1,18}))?"
            + "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*+))?(?:\\+[0-9A-Za-z.-]+)?");

    private VersionFunctions() {
    }

    /** A version; the pre-release part may be empty. */
    private record Version(long major, long minor, long patch, List<String> early) implements Comparable<Version> {
        static Optional<Version> parse(String text, boolean loose) {
            Matcher matcher = (loose ? LOOSE : STRICT).matcher(text);
            if (text.length() > 256 || !matcher.matches()) {
                return Optional.empty();
            }
            return Optional.of(new Version(number(matcher, 1), number(matcher, 2), number(matcher, 3),
                    matcher.group(4) == null ? List.of() : List.of(matcher.group(4).split("\\."))));
        }

        private static long number(Matcher matcher, int group) {
            return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
        }

        static Version of(Object text, boolean loose) {
            return parse((String) text, loose).orElseThrow(() -> new IllegalArgumentException(
                    "semver parse error: invalid version " + text));
        }

        @Override
        public int compareTo(Version other) {
            long order = major != other.major ? Long.compare(major, other.major)
                    : minor != other.minor ? Long.compare(minor, other.minor) : Long.compare(patch, other.patch);
            return order != 0 ? (int) order : early(early, other.early);
        }

        private static int early(List<String> mine, List<String> other) {
            if (mine.isEmpty() || other.isEmpty()) {
                return Boolean.compare(mine.isEmpty(), other.isEmpty());
            }
            for (int i = 0; i < Math.min(mine.size(), other.size()); i++) {
                int order = part(mine.get(i), other.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(mine.size(), other.size());
        }

        private static int part(String mine, String other) {
            boolean number = mine.matches("\\d{1,18}");
            boolean otherNumber = other.matches("\\d{1,18}");
            if (number && otherNumber) {
                return Long.compare(Long.parseLong(mine), Long.parseLong(other));
            }
            return number == otherNumber ? mine.compareTo(other) : number ? -1 : 1;
        }
    }

    static void addTo(Functions functions) {
        functions.values(VERSION, Version.class)
                .global("semver", new Form("string_to_semver", VERSION, SimpleType.STRING),
                        a -> Version.of(a[0], false))
                .global("semver", new Form("string_bool_to_semver", VERSION, SimpleType.STRING, SimpleType.BOOL),
                        a -> Version.of(a[0], (Boolean) a[1]))
                .global("isSemver", new Form("is_semver_string", SimpleType.BOOL, SimpleType.STRING),
                        a -> Version.parse((String) a[0], false).isPresent())
                .global("isSemver", new Form("is_semver_string_bool", SimpleType.BOOL, SimpleType.STRING,
                        SimpleType.BOOL), a -> Version.parse((String) a[0], (Boolean) a[1]).isPresent())
                .member("major", new Form("semver_major", SimpleType.INT, VERSION), a -> ((Version) a[0]).major())
                .member("minor", new Form("semver_minor", SimpleType.INT, VERSION), a -> ((Version) a[0]).minor())
                .member("patch", new Form("semver_patch", SimpleType.INT, VERSION), a -> ((Version) a[0]).patch())
                .member("isGreaterThan", new Form("semver_is_greater_than", SimpleType.BOOL, VERSION, VERSION),
                        a -> ((Version) a[0]).compareTo((Version) a[1]) > 0)
                .member("isLessThan", new Form("semver_is_less_than", SimpleType.BOOL, VERSION, VERSION),
                        a -> ((Version) a[0]).compareTo((Version) a[1]) < 0)
                .member("compareTo", new Form("semver_compare_to", SimpleType.INT, VERSION, VERSION),
                        a -> (long) Integer.signum(((Version) a[0]).compareTo((Version) a[1])));
    }
}

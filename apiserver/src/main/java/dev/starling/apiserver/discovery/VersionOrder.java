package dev.starling.apiserver.discovery;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order of versions that clients prefer: v2, v1, v1beta2, v1beta1, v1alpha1, and then names that tell nothing. */
final class VersionOrder {
    private static final Pattern FORM = Pattern.compile("v(\\d{1,9})(?:(alpha|beta)(\\d{1,9}))?");
    static final Comparator<String> PREFERRED_FIRST = Comparator.<String>comparingInt(version -> -stability(version))
            .thenComparing(Comparator.<String>comparingInt(version -> number(version, 1)).reversed())
            .thenComparing(Comparator.<String>comparingInt(version -> number(version, 3)).reversed())
            .thenComparing(Comparator.naturalOrder());

    private VersionOrder() {
    }

    private static int stability(String version) {
        Matcher matcher = FORM.matcher(version);
        if (!matcher.matches()) {
            return 0;
        }
        return matcher.group(2) == null ? 3 : matcher.group(2).equals("beta") ? 2 : 1;
    }

    private static int number(String version, int group) {
        Matcher matcher = FORM.matcher(version);
        return matcher.matches() && matcher.group(group) != null ? Integer.parseInt(matcher.group(group)) : 0;
    }
}

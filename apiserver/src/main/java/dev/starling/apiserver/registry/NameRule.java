package dev.starling.apiserver.registry;

import java.util.Optional;
import java.util.regex.Pattern;

/** What the name of an object may look like; the messages are those of Kubernetes' validation package. */
public enum NameRule {
    /** An RFC 1123 label: namespaces. */
    LABEL(63, "[a-z0-9]([-a-z0-9]*[a-z0-9])?", "a lowercase RFC 1123 label must consist of lower case alphanumeric "
            + "characters or '-', and must start and end with an alphanumeric character "
            + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"),
    /** An RFC 1035 label: services. */
    LABEL_1035(63, "[a-z]([-a-z0-9]*[a-z0-9])?", "a DNS-1035 label must consist of lower case alphanumeric characters "
            + "or '-', start with an alphabetic character, and end with an alphanumeric character "
            + "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"),
    /** An RFC 1123 subdomain: most kinds. */
    SUBDOMAIN(253, "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
            + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"),
    /** Whatever may stand in a path: roles and the like. */
    PATH_SEGMENT(Integer.MAX_VALUE, "(?!\\.{1,2}$)[^/%]+", "may not be '.', '..' or contain '/' or '%'");

    private final int longest;
    private final Pattern pattern;
    private final String message;

    NameRule(int longest, String pattern, String message) {
        this.longest = longest;
        this.pattern = Pattern.compile(pattern);
        this.message = message;
    }

    /** Whether a name is a label that begins with a letter: nearly all are, and every rule allows those. */
    private static boolean isLabel(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean good = c >= 'a' && c <= 'z' || i > 0 && c >= '0' && c <= '9'
                    || i > 0 && c == '-' && i < name.length() - 1;
            if (!good) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** What is wrong with a name, if something is. */
    public Optional<String> violation(String name) {
        if (name.length() > longest) {
            return Optional.of("must be no more than " + longest + " characters");
        }
        return isLabel(name) || pattern.matcher(name).matches() ? Optional.empty() : Optional.of(message);
    }
}

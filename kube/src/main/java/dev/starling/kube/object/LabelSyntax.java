package dev.starling.kube.object;

import java.util.Optional;
import java.util.regex.Pattern;

/** What label keys and values may look like, with upstream's wording of what is wrong. */
final class LabelSyntax {
    private static final int NAME_LENGTH = 63;
    private static final int PREFIX_LENGTH = 253;
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final String NAME_RULE = "name part must consist of alphanumeric characters, '-', '_' or '.', and "
            + "must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
            + "used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private static final String PREFIX_RULE = "prefix part a lowercase RFC 1123 subdomain must consist of lower case "
            + "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
            + "'example.com', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String VALUE_RULE = "a valid label must be an empty string or consist of alphanumeric "
            + "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
            + "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private LabelSyntax() {
    }

    static Optional<String> keyErrors(String key) {
        int slash = key.indexOf('/');
        String name = key.substring(slash + 1);
        if (name.indexOf('/') >= 0) {
            return Optional.of("a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must "
                    + "start and end with an alphanumeric character with an optional DNS subdomain prefix and '/'");
        }
        if (slash >= 0) {
            String prefix = key.substring(0, slash);
            if (prefix.isEmpty()) {
                return Optional.of("prefix part must be non-empty");
            }
            if (prefix.length() > PREFIX_LENGTH || !PREFIX.matcher(prefix).matches()) {
                return Optional.of(PREFIX_RULE);
            }
        }
        if (name.length() > NAME_LENGTH) {
            return Optional.of("name part must be no more than 63 characters");
        }
        return NAME.matcher(name).matches() ? Optional.empty() : Optional.of(NAME_RULE);
    }

    static Optional<String> valueErrors(String value) {
        if (value.length() > NAME_LENGTH) {
            return Optional.of("must be no more than 63 characters");
        }
        return value.isEmpty() || NAME.matcher(value).matches() ? Optional.empty() : Optional.of(VALUE_RULE);
    }
}

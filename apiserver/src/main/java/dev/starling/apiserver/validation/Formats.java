package dev.starling.apiserver.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The formats of names and values; each answers what is wrong (source: {@code apimachinery/pkg/util/validation}). */
final class Formats {
    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN = LABEL + "(\\." + LABEL + ")*";
    private static final String QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final Pattern LABEL_PATTERN = Pattern.compile(LABEL);
    private static final Pattern SUBDOMAIN_PATTERN = Pattern.compile(SUBDOMAIN);
    private static final Pattern QUALIFIED_PATTERN = Pattern.compile(QUALIFIED);
    private static final Pattern LABEL_VALUE_PATTERN = Pattern.compile("(" + QUALIFIED + ")?");
    private static final Pattern CONFIG_KEY_PATTERN = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final Pattern PORT_NAME_PATTERN = Pattern.compile("[-a-z0-9]+");
    private static final Pattern LETTER_PATTERN = Pattern.compile("[a-z]");
    private static final Pattern IPV4_PATTERN =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}");
    private static final Pattern IPV6_PATTERN = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final String QUALIFIED_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and "
            + "must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
            + "regex used for validation is '" + QUALIFIED + "')";

    private Formats() {
    }

    static List<String> label(String value) {
        List<String> wrong = longest(value, 63);
        if (!LABEL_PATTERN.matcher(value).matches()) {
            wrong.add(SUBDOMAIN_PATTERN.matcher(value).matches() ? "must not contain dots"
                    : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
                    + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
                    + "validation is '" + LABEL + "')");
        }
        return wrong;
    }

    static List<String> subdomain(String value) {
        List<String> wrong = longest(value, 253);
        if (!SUBDOMAIN_PATTERN.matcher(value).matches()) {
            wrong.add("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                    + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                    + "validation is '" + SUBDOMAIN + "')");
        }
        return wrong;
    }

    /** A key of a label or an annotation, a finalizer, a resource: a name with an optional prefix and slash. */
    static List<String> qualifiedName(String value) {
        List<String> wrong = new ArrayList<>();
        String[] parts = value.split("/", -1);
        if (parts.length > 2) {
            wrong.add("a valid label key " + QUALIFIED_MESSAGE
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return wrong;
        }
        if (parts.length == 2 && parts[0].isEmpty()) {
            wrong.add("prefix part must be non-empty");
        } else if (parts.length == 2) {
            subdomain(parts[0]).forEach(message -> wrong.add("prefix part " + message));
        }
        String name = parts[parts.length - 1];
        if (name.isEmpty()) {
            wrong.add("name part must be non-empty");
        } else if (name.length() > 63) {
            wrong.add("name part must be no more than 63 characters");
        }
        if (!QUALIFIED_PATTERN.matcher(name).matches()) {
            wrong.add("name part " + QUALIFIED_MESSAGE);
        }
        return wrong;
    }

    /** The name of a driver or a provisioner; upstream lowers it before it looks. */
    static List<String> lowercaseQualifiedName(String value) {
        return qualifiedName(value.toLowerCase(Locale.ROOT));
    }

    static List<String> labelValue(String value) {
        List<String> wrong = longest(value, 63);
        if (!LABEL_VALUE_PATTERN.matcher(value).matches()) {
            wrong.add("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
                    + "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
                    + "'12345', regex used for validation is '(" + QUALIFIED + ")?')");
        }
        return wrong;
    }

    /** A key of a ConfigMap or a Secret. */
    static List<String> configKey(String value) {
        List<String> wrong = longest(value, 253);
        if (!CONFIG_KEY_PATTERN.matcher(value).matches()) {
            wrong.add("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  "
                    + "or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
        }
        if (value.equals(".") || value.equals("..")) {
            wrong.add("must not be '" + value + "'");
        } else if (value.startsWith("..")) {
            wrong.add("must not start with '..'");
        }
        return wrong;
    }

    static List<String> environmentName(String value) {
        boolean good = value.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=');
        return good ? List.of() : List.of("a valid environment variable name must consist only of printable ASCII "
                + "characters other than '='");
    }

    static List<String> portName(String value) {
        List<String> wrong = longest(value, 15);
        if (!PORT_NAME_PATTERN.matcher(value).matches()) {
            wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (!LETTER_PATTERN.matcher(value).find()) {
            wrong.add("must contain at least one letter (a-z)");
        }
        if (value.contains("--")) {
            wrong.add("must not contain consecutive hyphens");
        }
        if (value.startsWith("-") || value.endsWith("-")) {
            wrong.add("must not begin or end with a hyphen");
        }
        return wrong;
    }

    static List<String> port(long value) {
        return range(value, 1, 65_535);
    }

    static List<String> range(long value, long least, long most) {
        return value >= least && value <= most ? List.of()
                : List.of("must be between " + least + " and " + most + ", inclusive");
    }

    static boolean isIpv4(String value) {
        return IPV4_PATTERN.matcher(value).matches();
    }

    static boolean isIp(String value) {
        return isIpv4(value) || IPV6_PATTERN.matcher(value).matches();
    }

    private static List<String> longest(String value, int most) {
        List<String> wrong = new ArrayList<>();
        if (value.length() > most) {
            wrong.add("must be no more than " + most + " characters");
        }
        return wrong;
    }
}

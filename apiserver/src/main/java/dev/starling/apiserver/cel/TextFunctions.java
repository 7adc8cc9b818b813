package dev.starling.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.starling.apiserver.cel.Functions.Form;
import dev.starling.apiserver.schema.LinearPattern;
import dev.starling.apiserver.schema.ValueFormats;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Patterns, named formats and {@code format} on texts. */
final class TextFunctions {
    private static final CelType TEXTS = ListType.create(SimpleType.STRING);
    private static final OpaqueType FORMAT = OpaqueType.create("kubernetes.NamedFormat");
    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final Map<String, NamedFormat> FORMATS = Map.ofEntries(
            format("dns1123Label", matches(63, "^" + LABEL + "$")),
            format("dns1123Subdomain", matches(253, "^" + LABEL + "(\\." + LABEL + ")*$")),
            format("dns1035Label", matches(63, "^[a-z]([-a-z0-9]*[a-z0-9])?$")),
            format("dns1123LabelPrefix", text -> matches(63, "^" + LABEL + "$").test(text.replaceAll("-$", ""))),
            format("dns1123SubdomainPrefix", text -> matches(253, "^" + LABEL + "(\\." + LABEL + ")*$")
                    .test(text.replaceAll("-$", ""))),
            format("dns1035LabelPrefix", text -> matches(63, "^[a-z]([-a-z0-9]*[a-z0-9])?$")
                    .test(text.replaceAll("-$", ""))),
            format("qualifiedName", text -> matches(317, "^([a-z0-9][-a-z0-9.]{0,251}[a-z0-9]/)?"
                    + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$").test(text)),
            format("labelValue", matches(63, "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")),
            format("uri", text -> ValueFormats.fits("uri", text)),
            format("uuid", text -> ValueFormats.fits("uuid", text)),
            format("byte", text -> ValueFormats.fits("byte", text)),
            format("date", text -> ValueFormats.fits("date", text)),
            format("datetime", text -> ValueFormats.fits("date-time", text)));

    private TextFunctions() {
    }

    /** A format that has a name. */
    private record NamedFormat(String name, Predicate<String> fits) {
        /** Nothing if a text has it, else what is wrong. */
        Optional<List<String>> wrong(String text) {
            return fits.test(text) ? Optional.empty() : Optional.of(List.of("must be a valid " + name));
        }
    }

    private static Map.Entry<String, NamedFormat> format(String name, Predicate<String> fits) {
        return Map.entry(name, new NamedFormat(name, fits));
    }

    private static Predicate<String> matches(int longest, String pattern) {
        return text -> text.length() <= longest && LinearPattern.of(pattern).isIn(text);
    }

    static void addTo(Functions functions) {
        functions.values(FORMAT, NamedFormat.class)
                .member("find", new Form("string_find_string", SimpleType.STRING, SimpleType.STRING,
                        SimpleType.STRING), a -> found(a, 1).stream().findFirst().orElse(""))
                .member("findAll", new Form("string_find_all_string", TEXTS, SimpleType.STRING, SimpleType.STRING),
                        a -> found(a, Long.MAX_VALUE))
                .member("findAll", new Form("string_find_all_string_int", TEXTS, SimpleType.STRING,
                        SimpleType.STRING, SimpleType.INT), a -> found(a, (Long) a[2] < 0 ? Long.MAX_VALUE
                        : (Long) a[2]))
                .member("format", new Form("string_format_list", SimpleType.STRING, SimpleType.STRING,
                        ListType.create(SimpleType.DYN)), a -> TextFormat.of((String) a[0], (List<?>) a[1]))
                .global("format.named", new Form("format_named", OptionalType.create(FORMAT), SimpleType.STRING),
                        a -> Optional.ofNullable(FORMATS.get((String) a[0])))
                .member("validate", new Form("format_validate", OptionalType.create(TEXTS), FORMAT,
                        SimpleType.STRING), a -> ((NamedFormat) a[0]).wrong((String) a[1]));
        FORMATS.forEach((name, format) -> functions.global("format." + name,
                new Form("format_" + name, FORMAT), a -> format));
    }

    private static List<String> found(Object[] arguments, long most) {
        return LinearPattern.of((String) arguments[1]).found((String) arguments[0], most);
    }
}

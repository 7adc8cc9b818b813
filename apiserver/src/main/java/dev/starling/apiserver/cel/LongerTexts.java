package dev.starling.apiserver.cel;

import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.starling.apiserver.cel.Functions.Form;
import java.util.List;

/**
 * Functions that make texts longer than those that they are given. What is done is paid for afterwards, by its length,
 * so a text that nobody could pay for is not made at all. Pure functions.
 */
final class LongerTexts {
    /** No text may be longer: to do anything with it costs more than a call may. */
    static final long LONGEST = 10 * Budget.ONE_CALL;

    private LongerTexts() {
    }

    static void addTo(Functions functions) {
        functions.member("replace", new Form("string_replace_string_string", SimpleType.STRING, SimpleType.STRING,
                        SimpleType.STRING, SimpleType.STRING), a -> replaced((String) a[0], (String) a[1],
                        (String) a[2], Long.MAX_VALUE))
                .member("replace", new Form("string_replace_string_string_int", SimpleType.STRING, SimpleType.STRING,
                        SimpleType.STRING, SimpleType.STRING, SimpleType.INT), a -> replaced((String) a[0],
                        (String) a[1], (String) a[2], (Long) a[3] < 0 ? Long.MAX_VALUE : (Long) a[3]))
                .member("join", new Form("list_join", SimpleType.STRING, ListType.create(SimpleType.STRING)),
                        a -> joined((List<?>) a[0], ""))
                .member("join", new Form("list_join_string", SimpleType.STRING, ListType.create(SimpleType.STRING),
                        SimpleType.STRING), a -> joined((List<?>) a[0], (String) a[1]));
    }

    /** The first so many places that read as a text read as another; an empty text stands before each character. */
    private static String replaced(String text, String old, String by, long most) {
        var out = new StringBuilder();
        int copied = 0;
        int at = text.indexOf(old);
        for (long done = 0; at >= 0 && done < most; done++) {
            out.append(text, copied, at);
            bounded(out.length() + (long) by.length());
            out.append(by);
            copied = at + old.length();
            at = old.isEmpty() && at == text.length() ? -1
                    : text.indexOf(old, old.isEmpty() ? text.offsetByCodePoints(at, 1) : copied);
        }
        bounded(out.length() + (long) text.length() - copied);
        return out.append(text, copied, text.length()).toString();
    }

    private static String joined(List<?> texts, String between) {
        long length = (long) between.length() * texts.size();
        for (Object each : texts) {
            length += each instanceof String text ? text.length() : 0;
        }
        bounded(length);
        return String.join(between, texts.stream().map(each -> text(each)).toList());
    }

    private static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("join: a list element is no string");
    }

    /** @throws IllegalArgumentException if a text of this length is too long */
    static void bounded(long length) {
        if (length > LONGEST) {
            throw new IllegalArgumentException("operation cancelled: actual cost limit exceeded");
        }
    }
}

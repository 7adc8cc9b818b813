package dev.starling.kube.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Compact JSON text in UTF-8, collected in one array. Every object is written this way once for each change, so that
 * it makes no objects of its own. What is half of a character alone becomes U+FFFD, as in Go. Not thread-safe.
 */
final class CompactText {
    private static final int FIRST_BYTES = 1_024;
    private static final int MOST_BYTES_PER_CHAR = 6; // an escape by number
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final int REPLACEMENT = 0xFFFD;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    CompactText add(Json value) {
        switch (value) {
            case JsonObject object -> object(object);
            case JsonArray array -> array(array);
            case JsonString(var text) -> text(text);
            case JsonLong(var number) -> plain(Long.toString(number));
            case JsonDouble(var number) -> plain(Double.toString(number));
            case JsonBoolean flag -> word(flag.flag() ? TRUE : FALSE);
            case JsonNull none -> word(NULL);
        }
        return this;
    }

    private void object(JsonObject object) {
        if (object.hasText()) {
            object.copyText(this);
            return;
        }
        put('{');
        for (int i = 0; i < object.size(); i++) {
            if (i > 0) {
                put(',');
            }
            text(object.nameAt(i));
            put(':');
            add(object.valueAt(i));
        }
        put('}');
    }

    private void array(JsonArray array) {
        put('[');
        for (int i = 0; i < array.size(); i++) {
            if (i > 0) {
                put(',');
            }
            add(array.at(i));
        }
        put(']');
    }

    private void put(char sign) {
        room(1);
        bytes[size++] = (byte) sign;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }

    private void word(byte[] word) {
        copy(word, 0, word.length);
    }

    /** Adds a part of a text that is compact already. */
    void copy(byte[] text, int from, int to) {
        room(to - from);
        System.arraycopy(text, from, bytes, size, to - from);
        size += to - from;
    }

    private void plain(String ascii) {
        word(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        int length = text.length();
        room(length + 2);
        byte[] to = bytes;
        int at = size;
        to[at++] = '"';
        int i = 0;
        while (i < length && isPlain(text.charAt(i))) {
            to[at++] = (byte) text.charAt(i);
            i++;
        }
        size = at;
        if (i < length) {
            rest(text, i);
        }
        put('"');
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
    }

    /** From the first sign on that needs more than a copy. */
    private void rest(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            room(MOST_BYTES_PER_CHAR);
            char c = text.charAt(i);
            if (isPlain(c)) {
                bytes[size++] = (byte) c;
            } else if (c < 0x80) {
                escaped(c);
            } else {
                boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                int point = pair ? text.codePointAt(i) : Character.isSurrogate(c) ? REPLACEMENT : c;
                i += pair ? 1 : 0;
                encoded(point);
            }
        }
    }

    private void escaped(char c) {
        bytes[size++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[size++] = (byte) c;
            case '\n' -> bytes[size++] = 'n';
            case '\t' -> bytes[size++] = 't';
            case '\r' -> bytes[size++] = 'r';
            case '\b' -> bytes[size++] = 'b';
            case '\f' -> bytes[size++] = 'f';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[c >> 4];
                bytes[size++] = HEX[c & 0xF];
            }
        }
    }

    private void encoded(int point) {
        if (point < 0x800) {
            bytes[size++] = (byte) (0xC0 | point >> 6);
        } else {
            if (point < 0x10000) {
                bytes[size++] = (byte) (0xE0 | point >> 12);
            } else {
                bytes[size++] = (byte) (0xF0 | point >> 18);
                bytes[size++] = (byte) (0x80 | point >> 12 & 0x3F);
            }
            bytes[size++] = (byte) (0x80 | point >> 6 & 0x3F);
        }
        bytes[size++] = (byte) (0x80 | point & 0x3F);
    }
}

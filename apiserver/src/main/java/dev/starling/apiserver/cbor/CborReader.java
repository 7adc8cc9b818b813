package dev.starling.apiserver.cbor;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads what clients write as one tree. Byte strings are texts, unless a tag says that they are bytes, which JSON
 * shows in base 64; other tags say nothing that JSON could. Used once, by one thread.
 */
public final class CborReader {
    private static final int MOST_LEVELS = 64;
    private static final int BASE_64_URL = 21;
    private static final int BASE_64 = 22;
    private static final int ENDLESS = 31;
    private static final int BREAK = 0xff;

    private final ByteBuffer in;

    private CborReader(byte[] bytes) {
        this.in = ByteBuffer.wrap(bytes);
    }

    /** @throws CborException if it is not one item that JSON can hold */
    public static Json read(byte[] bytes) {
        try {
            var reader = new CborReader(bytes);
            var value = reader.item(0, 0);
            if (reader.in.hasRemaining()) {
                throw new CborException("cbor: " + reader.in.remaining() + " bytes of extraneous data");
            }
            return value;
        } catch (BufferUnderflowException e) {
            throw new CborException("unexpected EOF");
        }
    }

    /** @param tag of the item; 0 for none */
    private Json item(int level, long tag) {
        if (level > MOST_LEVELS) {
            throw new CborException("cbor: exceeded max nested level " + MOST_LEVELS);
        }
        int head = in.get() & 0xff;
        int kind = head >> 5;
        int small = head & 31;
        return switch (kind) {
            case 0 -> new JsonLong(number(small));
            case 1 -> new JsonLong(-1 - number(small));
            case 2 -> bytes(content(kind, small), tag);
            case 3 -> new JsonString(text(content(kind, small)));
            case 4 -> list(small, level);
            case 5 -> map(small, level);
            case 6 -> item(level + 1, number(small));
            default -> plain(small);
        };
    }

    private long number(int small) {
        long number = switch (small) {
            case 24 -> in.get() & 0xff;
            case 25 -> in.getShort() & 0xffff;
            case 26 -> in.getInt() & 0xffff_ffffL;
            case 27 -> in.getLong();
            case 28, 29, 30, ENDLESS -> throw new CborException("cbor: invalid additional information " + small);
            default -> small;
        };
        if (number < 0) {
            throw new CborException("cbor: a number overflows int64");
        }
        return number;
    }

    /** All pieces of a text or of bytes. */
    private byte[] content(int kind, int small) {
        if (small != ENDLESS) {
            byte[] bytes = new byte[length(small)];
            in.get(bytes);
            return bytes;
        }
        var all = new ByteArrayOutputStream();
        while (!ends()) {
            int head = in.get() & 0xff;
            if (head >> 5 != kind || (head & 31) == ENDLESS) {
                throw new CborException("cbor: wrong element in an indefinite-length string");
            }
            all.writeBytes(content(kind, head & 31));
        }
        return all.toByteArray();
    }

    /** No more than can follow. */
    private int length(int small) {
        long length = number(small);
        if (length > in.remaining()) {
            throw new CborException("unexpected EOF");
        }
        return (int) length;
    }

    private boolean ends() {
        boolean ends = (in.get() & 0xff) == BREAK;
        if (!ends) {
            in.position(in.position() - 1);
        }
        return ends;
    }

    private static Json bytes(byte[] bytes, long tag) {
        return new JsonString(tag == BASE_64 ? Base64.getEncoder().encodeToString(bytes)
                : tag == BASE_64_URL ? Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) : text(bytes));
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new CborException("cbor: invalid UTF-8 string");
        }
    }

    private Json list(int small, int level) {
        List<Json> elements = new ArrayList<>();
        int left = small == ENDLESS ? -1 : length(small);
        while (left < 0 ? !ends() : elements.size() < left) {
            elements.add(item(level + 1, 0));
        }
        return JsonArray.of(elements);
    }

    private Json map(int small, int level) {
        var map = JsonObject.builder();
        int left = small == ENDLESS ? -1 : length(small);
        for (int i = 0; left < 0 ? !ends() : i < left; i++) {
            if (!(item(level + 1, 0) instanceof JsonString(var name))) {
                throw new CborException("cbor: cannot use a key that is no string");
            }
            if (map.has(name)) {
                throw new CborException("cbor: found duplicate map key \"" + name + "\"");
            }
            map.put(name, item(level + 1, 0));
        }
        return map.build();
    }

    private Json plain(int small) {
        return switch (small) {
            case 20 -> JsonBoolean.of(false);
            case 21 -> JsonBoolean.of(true);
            case 22, 23 -> JsonNull.NULL;
            case 25 -> number(Float.float16ToFloat(in.getShort()));
            case 26 -> number(in.getFloat());
            case 27 -> number(in.getDouble());
            default -> throw new CborException("cbor: a simple value that JSON does not have");
        };
    }

    private static Json number(double number) {
        if (!Double.isFinite(number)) {
            throw new CborException("cbor: a number that is not finite");
        }
        return new JsonDouble(number);
    }
}

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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes trees as Kubernetes does: marked as CBOR, texts as byte strings, all lengths in front. Pure functions. */
public final class CborWriter {
    private static final byte[] MARK = {(byte) 0xd9, (byte) 0xd9, (byte) 0xf7};
    private static final int POSITIVE = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int LIST = 4;
    private static final int MAP = 5;
    private static final int FALSE = 0xf4;
    private static final int TRUE = 0xf5;
    private static final int NULL = 0xf6;
    private static final int DOUBLE = 0xfb;

    private CborWriter() {
    }

    public static byte[] bytes(Json tree) {
        var out = new ByteArrayOutputStream(1024);
        out.writeBytes(MARK);
        write(tree, out);
        return out.toByteArray();
    }

    private static void write(Json value, ByteArrayOutputStream out) {
        switch (value) {
            case JsonObject object -> {
                head(MAP, object.size(), out);
                object.forEach((name, field) -> {
                    text(name, out);
                    write(field, out);
                });
            }
            case JsonArray array -> {
                head(LIST, array.size(), out);
                array.forEach(element -> write(element, out));
            }
            case JsonString(var text) -> text(text, out);
            case JsonLong(var number) -> head(number < 0 ? NEGATIVE : POSITIVE, number < 0 ? -1 - number : number, out);
            case JsonDouble(var number) -> {
                out.write(DOUBLE);
                out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
            }
            case JsonBoolean flag -> out.write(flag.flag() ? TRUE : FALSE);
            case JsonNull none -> out.write(NULL);
        }
    }

    private static void text(String text, ByteArrayOutputStream out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        head(BYTES, bytes.length, out);
        out.writeBytes(bytes);
    }

    /** The kind of an item and a number, in as few bytes as it takes. */
    private static void head(int kind, long number, ByteArrayOutputStream out) {
        int high = kind << 5;
        if (number < 24) {
            out.write(high | (int) number);
        } else if (number <= 0xff) {
            out.write(high | 24);
            out.write((int) number);
        } else if (number <= 0xffff) {
            out.write(high | 25);
            out.writeBytes(ByteBuffer.allocate(Short.BYTES).putShort((short) number).array());
        } else if (number <= 0xffff_ffffL) {
            out.write(high | 26);
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt((int) number).array());
        } else {
            out.write(high | 27);
            out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        }
    }
}

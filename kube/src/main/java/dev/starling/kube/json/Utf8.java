package dev.starling.kube.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as it travels. */
public final class Utf8 {
    private Utf8() {
    }

    /** @throws JsonException if the bytes are not UTF-8 to the letter: no bad bytes, long forms, or surrogates */
    public static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new JsonException("invalid UTF-8");
        }
    }
}

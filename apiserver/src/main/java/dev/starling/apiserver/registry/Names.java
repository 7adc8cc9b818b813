package dev.starling.apiserver.registry;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes names and uids as Kubernetes does. */
public final class Names {
    /** No vowels and no look-alikes, so that no words come out. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX_LENGTH = 5;
    private static final int LONGEST_GENERATED = 63;

    private Names() {
    }

    /** The prefix and five random letters and digits; a long prefix is cut. */
    public static String generated(String prefix, RandomGenerator random) {
        int longest = LONGEST_GENERATED - SUFFIX_LENGTH;
        var name = new StringBuilder(prefix.length() > longest ? prefix.substring(0, longest) : prefix);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return name.toString();
    }

    /** A random uid: an RFC 9562 version 4. */
    static String uid(RandomGenerator random) {
        long high = random.nextLong() & ~0xF000L | 0x4000L;
        long low = random.nextLong() & ~(0b11L << 62) | 0b10L << 62;
        return new UUID(high, low).toString();
    }
}

package dev.starling.store;

import java.util.Comparator;

/** Orders well-formed strings as their UTF-8 bytes are ordered, without encoding them. */
enum KeyOrder implements Comparator<String> {
    UTF_8;

    @Override
    public int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return rank(a) - rank(b);
            }
        }
        return left.length() - right.length();
    }

    /** Surrogates stand for the code points above all others, but their own numbers lie below U+E000. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
}

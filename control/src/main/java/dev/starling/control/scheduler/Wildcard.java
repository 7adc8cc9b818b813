package dev.starling.control.scheduler;

/** Patterns in which {@code *} stands for any number of characters and {@code ?} for exactly one. */
final class Wildcard {
    private Wildcard() {
    }

    /** Whether a pattern matches a whole text; takes time linear in their product at most. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int retry = 0;
        while (t < text.length()) {
            boolean wild = p < pattern.length() && pattern.charAt(p) == '*';
            if (wild) {
                star = p++;
                retry = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        return pattern.substring(p).chars().allMatch(c -> c == '*');
    }
}

package dev.starling.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * A process that writes to a store until it is killed, or until its input ends. For each acknowledged write it prints
 * thread, key, revision and what it wrote, in one line.
 */
final class CrashingWriter {
    private static final int KEYS_EACH = 20;

    private CrashingWriter() {}

    public static void main(String[] arguments) throws IOException {
        var store = DiskStore.open(
                Path.of(arguments[0]),
                StringCodec.UTF_8,
                StoreSettings.defaults(),
                InstantSource.system());
        report("open");
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            var name = "t" + i;
            Thread.ofPlatform().daemon().start(() -> write(store, name));
        }
        while (System.in.read() >= 0) {
            report("heard");
        }
        Runtime.getRuntime().halt(3);
    }

    private static void write(RevisionStore<String> store, String thread) {
        for (int n = 0; ; n++) {
            var key = thread + "/" + n % KEYS_EACH;
            boolean delete = n % 7 == 6 && store.get(key).isPresent();
            long revision = delete
                    ? store.commit(Write.delete(key))
                    : store.commit(Write.put(key, at -> "v" + at + "-" + "x".repeat((int) (at % 3_000))));
            report(key + " " + revision + " " + (delete ? "deleted" : "stored"));
        }
    }

    private static synchronized void report(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }
}

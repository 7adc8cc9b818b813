package dev.starling.node.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A container's log on disk. */
public final class LogFile {
    private static final int BLOCK = 8_192;

    private LogFile() {
    }

    /** The text of the last lines, at most so many bytes of them; empty where there is no log. */
    public static String tail(Path file, int lines, int bytes) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        var out = new ByteArrayOutputStream();
        try (var log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(tailStart(log, lines));
            var rest = new byte[(int) Math.min(log.length() - log.getFilePointer(), 1 << 20)];
            log.readFully(rest);
            for (var record : new String(rest, StandardCharsets.ISO_8859_1).split("\n")) {
                LogLine.parse(record.getBytes(StandardCharsets.ISO_8859_1)).ifPresent(line -> {
                    out.writeBytes(line.text());
                    if (line.full()) {
                        out.write('\n');
                    }
                });
            }
        } catch (IOException e) {
            return "Error on reading the log: " + e.getMessage();
        }
        byte[] all = out.toByteArray();
        int from = Math.max(0, all.length - bytes);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    /** Where the last full lines begin; a line may consist of several records. */
    static long tailStart(RandomAccessFile log, long lines) throws IOException {
        long end = log.length();
        if (lines == 0) {
            return end;
        }
        long position = end;
        long found = 0;
        var block = new byte[BLOCK];
        while (position > 0) {
            int size = (int) Math.min(BLOCK, position);
            position -= size;
            log.seek(position);
            log.readFully(block, 0, size);
            for (int i = size - 1; i >= 0; i--) {
                if (block[i] == '\n' && position + i + 1 < end && fullRecordEndsAt(log, position + i)) {
                    found++;
                }
                if (found >= lines && block[i] == '\n' && position + i + 1 < end) {
                    return position + i + 1;
                }
            }
        }
        return 0;
    }

    /** Whether the record whose end of line stands there ends a line: only then a tail may begin after it. */
    private static boolean fullRecordEndsAt(RandomAccessFile log, long newline) throws IOException {
        long start = Math.max(0, newline - BLOCK * 4);
        var before = new byte[(int) (newline - start)];
        log.seek(start);
        log.readFully(before);
        int from = before.length;
        while (from > 0 && before[from - 1] != '\n') {
            from--;
        }
        return LogLine.parse(Arrays.copyOfRange(before, from, before.length)).map(LogLine::full).orElse(true);
    }
}

package dev.starling.node.cri;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes the ustar form: everything belongs to root, and no time is told. Folders on the way to an entry are added
 * once.
 */
final class TarWriter {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int FOLDER_MODE = 0755;
    private static final int CHECKSUM_AT = 148;

    private final OutputStream out;
    private final Set<String> folders = new HashSet<>();

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void add(ImageArchive.Entry entry) throws IOException {
        addParents(entry.path());
        if (entry.kind() == ImageArchive.Entry.Kind.FOLDER && !folders.add(entry.path())) {
            return;
        }
        char type = switch (entry.kind()) {
            case FILE -> '0';
            case LINK -> '2';
            case FOLDER -> '5';
        };
        String name = type == '5' ? entry.path() + "/" : entry.path();
        header(name, type, entry);
        out.write(entry.content());
        out.write(new byte[(BLOCK - entry.content().length % BLOCK) % BLOCK]);
    }

    private void addParents(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash > 0 && !folders.contains(path.substring(0, slash))) {
            add(ImageArchive.Entry.folder(path.substring(0, slash), FOLDER_MODE));
        }
    }

    private void header(String name, char type, ImageArchive.Entry entry) throws IOException {
        byte[] header = new byte[BLOCK];
        int split = prefixLength(name);
        text(header, 0, name.substring(split == 0 ? 0 : split + 1));
        text(header, 345, name.substring(0, split));
        octal(header, 100, 8, entry.mode());
        octal(header, 108, 8, 0);
        octal(header, 116, 8, 0);
        octal(header, 124, 12, entry.content().length);
        octal(header, 136, 12, 0);
        header[156] = (byte) type;
        if (entry.link().getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
            throw new IllegalArgumentException("the link is too long for an archive: " + entry.link());
        }
        text(header, 157, entry.link());
        text(header, 257, "ustar\00000");
        java.util.Arrays.fill(header, CHECKSUM_AT, CHECKSUM_AT + 8, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, CHECKSUM_AT, 7, sum);
        out.write(header);
    }

    /** A name of more than 100 bytes is split at a slash into a prefix of at most 155 and the rest. */
    private static int prefixLength(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES) {
            return 0;
        }
        int slash = name.indexOf('/', Math.max(0, name.length() - NAME_BYTES - 1));
        if (slash <= 0 || slash > 155) {
            throw new IllegalArgumentException("the name is too long for an archive: " + name);
        }
        return slash;
    }

    private static void text(byte[] header, int at, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > NAME_BYTES + 55) {
            throw new IllegalArgumentException("the name is too long for an archive: " + value);
        }
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static void octal(byte[] header, int at, int length, long value) {
        String digits = Long.toOctalString(value);
        text(header, at, "0".repeat(length - 1 - digits.length()) + digits);
    }

    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }
}

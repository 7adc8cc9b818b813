package dev.starling.node.cri;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes small images of one layer as an OCI archive, in memory. The same entries give the same bytes.
 *
 * @param reference normalised, such as {@code docker.io/library/busybox:latest}
 * @param entries files of the layer; folders that they need are made
 */
public record ImageArchive(String reference, List<Entry> entries, Config config) {
    private static final String OCI = "application/vnd.oci.image.";
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int FOLDER_MODE = 0755;
    private static final int PROGRAM_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final int LINK_MODE = 0777;

    public ImageArchive {
        entries = List.copyOf(entries);
    }

    /**
     * One file, folder or symbolic link of the layer.
     *
     * @param path without a slash in front
     * @param link target of a symbolic link; empty for others
     */
    public record Entry(String path, Kind kind, int mode, byte[] content, String link) {
        /** The type that a tar header carries. */
        public enum Kind { FILE, FOLDER, LINK }

        public static Entry program(String path, byte[] content) {
            return new Entry(path, Kind.FILE, PROGRAM_MODE, content, "");
        }

        public static Entry file(String path, byte[] content) {
            return new Entry(path, Kind.FILE, FILE_MODE, content, "");
        }

        public static Entry folder(String path, int mode) {
            return new Entry(path, Kind.FOLDER, mode, new byte[0], "");
        }

        public static Entry folder(String path) {
            return folder(path, FOLDER_MODE);
        }

        public static Entry link(String path, String target) {
            return new Entry(path, Kind.LINK, LINK_MODE, new byte[0], target);
        }
    }

    /** What a container does unless it is told otherwise. */
    public record Config(List<String> entrypoint, List<String> command, List<String> env, String workingDir,
                         String user) {
        public Config {
            entrypoint = List.copyOf(entrypoint);
            command = List.copyOf(command);
            env = List.copyOf(env);
        }

        public static Config running(String... entrypoint) {
            return new Config(List.of(entrypoint), List.of(), List.of(PATH), "", "");
        }

        private String json() {
            return "{\"Entrypoint\":" + array(entrypoint) + ",\"Cmd\":" + array(command) + ",\"Env\":" + array(env)
                + ",\"WorkingDir\":" + quote(workingDir) + ",\"User\":" + quote(user) + "}";
        }
    }

    /** The content-addressed parts, as a registry takes them. */
    public record Blob(String digest, byte[] content) {
        static Blob of(byte[] content) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
                return new Blob("sha256:" + HexFormat.of().formatHex(hash), content);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private String descriptor(String mediaType) {
            return "{\"mediaType\":" + quote(mediaType) + ",\"digest\":" + quote(digest)
                + ",\"size\":" + content.length + "}";
        }
    }

    /** @param blobs what the manifest names */
    public record Parts(Blob manifest, List<Blob> blobs) {}

    public Parts parts() {
        Blob layer = Blob.of(tar(entries));
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Blob settings = blob("{\"architecture\":\"" + architecture + "\",\"os\":\"linux\",\"config\":" + config.json()
            + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + layer.digest() + "\"]}}");
        Blob manifest = blob("{\"schemaVersion\":2,\"mediaType\":" + quote(OCI + "manifest.v1+json") + ",\"config\":"
            + settings.descriptor(OCI + "config.v1+json")
            + ",\"layers\":[" + layer.descriptor(OCI + "layer.v1.tar") + "]}");
        return new Parts(manifest, List.of(settings, layer));
    }

    public void write(Path archive) {
        Parts parts = parts();
        String manifest = parts.manifest().descriptor(OCI + "manifest.v1+json");
        String annotated = manifest.substring(0, manifest.length() - 1)
            + ",\"annotations\":{\"io.containerd.image.name\":" + quote(reference)
            + ",\"org.opencontainers.image.ref.name\":" + quote(reference) + "}}";
        String index = "{\"schemaVersion\":2,\"mediaType\":" + quote(OCI + "index.v1+json")
            + ",\"manifests\":[" + annotated + "]}";
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
            TarWriter tar = new TarWriter(out);
            tar.add(Entry.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8)));
            tar.add(Entry.file("index.json", index.getBytes(StandardCharsets.UTF_8)));
            tar.add(blobFile(parts.manifest()));
            for (Blob blob : parts.blobs()) {
                tar.add(blobFile(blob));
            }
            tar.finish();
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the image " + archive, e);
        }
    }

    private static Entry blobFile(Blob blob) {
        return Entry.file("blobs/" + blob.digest().replace(':', '/'), blob.content());
    }

    private static Blob blob(String json) {
        return Blob.of(json.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] tar(List<Entry> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            TarWriter tar = new TarWriter(bytes);
            for (Entry entry : entries) {
                tar.add(entry);
            }
            tar.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String array(List<String> values) {
        return values.stream().map(ImageArchive::quote).collect(Collectors.joining(",", "[", "]"));
    }

    private static String quote(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}

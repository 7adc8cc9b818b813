package dev.starling.node.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The plugin that gives each sandbox its link and address: a shell script that is written into the run folder, because
 * containerd executes plugins as programs. It gets one address per sandbox out of a folder of files, one per address
 * in use.
 */
public final class CniPlugin {
    private final InstanceNames names;

    public CniPlugin(InstanceNames names) {
        this.names = names;
    }

    /** Where containerd finds the programs. */
    public Path programs() {
        return names.runFolder().resolve("cni");
    }

    /** Where containerd finds the network's definition. */
    public Path definitions() {
        return names.runFolder().resolve("cni.d");
    }

    public void write(PodNetwork network) {
        try {
            Path addresses = names.runFolder().resolve("addresses");
            List.of(programs(), definitions(), addresses.resolve("used"), addresses.resolve("owner"))
                .forEach(Folders::create);
            String script = template()
                .replace("@ADDRESSES@", addresses.toString())
                .replace("@GATEWAY@", network.hostAddress())
                .replace("@NETWORK@", network.range().address(0).replaceAll("\\.0\\.0$", ""))
                .replace("@PREFIX@", names.linkPrefix())
                .replace("@MTU@", Integer.toString(PodNetwork.mtu()));
            // containerd always asks for a plugin named loopback as well; the same script answers under that name.
            for (String name : List.of("starling", "loopback")) {
                Path program = programs().resolve(name);
                Folders.replace(program, script);
                Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Folders.replace(definitions().resolve("10-starling.conflist"), """
                {"cniVersion": "1.0.0", "name": "%s", "plugins": [{"type": "starling"}]}
                """.formatted(names.table()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String template() throws IOException {
        try (InputStream in = CniPlugin.class.getResourceAsStream("cni-plugin.sh")) {
            if (in == null) {
                throw new IOException("cni-plugin.sh is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

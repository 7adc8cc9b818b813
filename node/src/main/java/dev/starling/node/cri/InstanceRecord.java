package dev.starling.node.cri;

import dev.starling.kube.net.AddressRange;
import dev.starling.node.host.Folders;
import dev.starling.node.host.InstanceNames;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * What an instance decided once and keeps.
 *
 * @param range of the pods' addresses; empty before the first start
 * @param snapshotter of containerd: images that one of them unpacked are lost on another; empty before the first start
 * @param handler the OCI runtime that was seen to work, with what it was tried on; empty before
 */
record InstanceRecord(String range, String snapshotter, String handler, String triedOn) {
    private static final String FILE = "instance.properties";

    static InstanceRecord read(InstanceNames names) {
        Properties properties = new Properties();
        Path file = names.runtimeFolder().resolve(FILE);
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException("can't read " + file, e);
            }
        }
        return new InstanceRecord(properties.getProperty("podRange", ""), properties.getProperty("snapshotter", ""),
            properties.getProperty("handler", ""), properties.getProperty("triedOn", ""));
    }

    void write(InstanceNames names) {
        Properties properties = new Properties();
        properties.setProperty("podRange", range);
        properties.setProperty("snapshotter", snapshotter);
        properties.setProperty("handler", handler);
        properties.setProperty("triedOn", triedOn);
        StringWriter text = new StringWriter();
        try {
            properties.store(text, "What this instance decided at its first start");
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the instance's record", e);
        }
        Folders.replace(names.runtimeFolder().resolve(FILE), text.toString());
    }

    InstanceRecord with(AddressRange podRange, String chosenSnapshotter) {
        return new InstanceRecord(podRange.toString(), chosenSnapshotter, handler, triedOn);
    }

    InstanceRecord working(String seenHandler, String seenOn) {
        return new InstanceRecord(range, snapshotter, seenHandler, seenOn);
    }

    Optional<AddressRange> podRangeIfAny() {
        return range.isEmpty() ? Optional.empty() : Optional.of(AddressRange.parse(range));
    }

    AddressRange podRange() {
        return AddressRange.parse(range);
    }
}

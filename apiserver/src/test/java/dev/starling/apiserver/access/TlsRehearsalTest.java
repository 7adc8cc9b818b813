package dev.starling.apiserver.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class TlsRehearsalTest {

    @Test
    @Timeout(20)
    void speaksToItselfAndEnds(@TempDir Path folder) {
        var certificates = Certificates.open(folder, List.of(new ServerName.Dns("localhost")), InstantSource.system());
        assertDoesNotThrow(() -> certificates.tlsRehearsal().run());
    }
}

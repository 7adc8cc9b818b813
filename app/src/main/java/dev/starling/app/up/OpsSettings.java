package dev.starling.app.up;

import dev.starling.apiserver.audit.AuditException;
import dev.starling.apiserver.audit.AuditPolicy;
import dev.starling.apiserver.encryption.EncryptionException;
import dev.starling.apiserver.encryption.EncryptionSettings;
import dev.starling.app.options.Arguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What says how a server encrypts, records and forgets.
 *
 * @param encryption of the kind EncryptionConfiguration
 * @param auditPolicy of the kind Policy
 * @param auditLog where events go
 * @param history how long what is over is remembered
 * @param cbor whether clients may speak CBOR
 */
public record OpsSettings(Optional<Path> encryption, Optional<Path> auditPolicy, Optional<Path> auditLog,
        HistorySettings history, boolean cbor) {
    /** Nothing is encrypted and nothing recorded. */
    public static final OpsSettings NONE = new OpsSettings(Optional.empty(), Optional.empty(), Optional.empty(),
            HistorySettings.DEFAULT, false);
    static final String CBOR = "--cbor";
    static final Set<String> OPTIONS =
            Set.of("--encryption-provider-config", "--audit-policy-file", "--audit-log-path");

    public OpsSettings {
        if (auditPolicy.isPresent() != auditLog.isPresent()) {
            throw new Arguments.UsageException("--audit-policy-file and --audit-log-path go together");
        }
    }

    static OpsSettings of(Arguments arguments) {
        return new OpsSettings(arguments.find("--encryption-provider-config").map(Path::of),
                arguments.find("--audit-policy-file").map(Path::of), arguments.find("--audit-log-path").map(Path::of),
                HistorySettings.of(arguments), arguments.has(CBOR));
    }

    EncryptionSettings readEncryption() {
        try {
            return encryption.isEmpty() ? EncryptionSettings.NONE
                    : EncryptionSettings.parse(Files.readString(encryption.get()));
        } catch (IOException | EncryptionException e) {
            throw new StartException("--encryption-provider-config " + encryption.orElseThrow() + ": "
                    + e.getMessage(), e);
        }
    }

    AuditPolicy readPolicy() {
        try {
            return auditPolicy.isEmpty() ? AuditPolicy.NONE : AuditPolicy.parse(Files.readString(auditPolicy.get()));
        } catch (IOException | AuditException e) {
            throw new StartException("--audit-policy-file " + auditPolicy.orElseThrow() + ": " + e.getMessage(), e);
        }
    }
}

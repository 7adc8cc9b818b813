package dev.starling.apiserver.encryption;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which objects are encrypted, and by which keys: a file of the kind {@code EncryptionConfiguration}. The first
 * provider of the first entry that names a resource writes; all keys read. Written without encryption is readable
 * always, so that encryption can be begun.
 */
public record EncryptionSettings(List<Entry> entries) {
    /** Nothing is encrypted. */
    public static final EncryptionSettings NONE = new EncryptionSettings(List.of());

    public EncryptionSettings {
        entries = List.copyOf(entries);
    }

    /**
     * Some resources.
     *
     * @param resources {@code secrets}, {@code deployments.apps}, {@code *.apps}, {@code *.*}
     * @param writer encrypts; nothing if {@code identity} comes first
     */
    record Entry(List<String> resources, Optional<EncryptionKey> writer, List<EncryptionKey> keys) {
        Entry {
            resources = List.copyOf(resources);
            keys = List.copyOf(keys);
        }

        boolean covers(String group, String plural) {
            return resources.stream().anyMatch(pattern -> EncryptionSettings.covers(pattern, group, plural));
        }
    }

    static boolean covers(String pattern, String group, String plural) {
        int dot = pattern.indexOf('.');
        String ofGroup = dot < 0 ? "" : pattern.substring(dot + 1);
        String named = dot < 0 ? pattern : pattern.substring(0, dot);
        return (named.equals("*") || named.equals(plural)) && (ofGroup.equals("*") || ofGroup.equals(group));
    }

    /** All that the entries name. */
    Set<String> resources() {
        return entries.stream().flatMap(entry -> entry.resources().stream()).collect(Collectors.toSet());
    }

    /** @throws EncryptionException in one line that names what is wrong */
    public static EncryptionSettings parse(String yaml) {
        var document = read(yaml);
        if (!document.text("kind").equals("EncryptionConfiguration")) {
            throw new EncryptionException("the settings are not of the kind EncryptionConfiguration");
        }
        var entries = document.array("resources").objects().stream().map(EncryptionSettings::entry).toList();
        if (entries.isEmpty()) {
            throw new EncryptionException("resources: at least one entry is required");
        }
        return new EncryptionSettings(entries);
    }

    private static JsonObject read(String yaml) {
        try {
            var documents = Yaml.documents(yaml);
            return documents.isEmpty() ? JsonObject.EMPTY : documents.getFirst().object();
        } catch (Yaml.YamlException e) {
            throw new EncryptionException("the settings are no YAML: " + e.getMessage());
        }
    }

    private static Entry entry(JsonObject json) {
        var resources = json.array("resources").texts();
        var providers = json.array("providers").objects();
        if (resources.isEmpty() || providers.isEmpty()) {
            throw new EncryptionException("every entry of resources needs resources and providers");
        }
        var keys = new ArrayList<EncryptionKey>();
        providers.forEach(provider -> keys.addAll(keys(provider)));
        boolean plain = providers.getFirst().has("identity");
        return new Entry(resources, plain ? Optional.empty() : Optional.of(keys.getFirst()), keys);
    }

    private static List<EncryptionKey> keys(JsonObject provider) {
        var known = provider.names().stream().filter(EncryptionKey.ALGORITHMS::contains).findFirst();
        if (provider.size() != 1 || known.isEmpty() && !provider.has("identity")) {
            throw new EncryptionException("a provider is exactly one of aesgcm, secretbox and identity, not "
                    + provider.names());
        }
        var keys = known.map(name -> provider.object(name).array("keys").objects().stream()
                .map(key -> new EncryptionKey(name, name(key), secret(key))).toList()).orElse(List.of());
        if (known.isPresent() && keys.isEmpty()) {
            throw new EncryptionException("the provider " + known.get() + " has no keys");
        }
        return keys;
    }

    private static String name(JsonObject key) {
        String name = key.text("name");
        if (name.isEmpty() || name.contains(":")) {
            throw new EncryptionException("a key needs a name without a colon, not '" + name + "'");
        }
        return name;
    }

    private static byte[] secret(JsonObject key) {
        try {
            return Base64.getDecoder().decode(key.text("secret").strip());
        } catch (IllegalArgumentException e) {
            throw new EncryptionException("the secret of the key " + key.text("name") + " is not base64");
        }
    }

    /** The key that writes a kind of objects, if they are encrypted. */
    Optional<EncryptionKey> writer(String group, String plural) {
        return entries.stream().filter(entry -> entry.covers(group, plural)).findFirst().flatMap(Entry::writer);
    }

    List<EncryptionKey> keys(String algorithm, String name) {
        return entries.stream().flatMap(entry -> entry.keys().stream())
                .filter(key -> key.algorithm().equals(algorithm) && key.name().equals(name)).toList();
    }

    /** Changes when other keys write: of another name, or of the same name with another secret. */
    String fingerprint() {
        var text = new StringBuilder();
        entries.forEach(entry -> text.append(entry.resources()).append(entry.writer()
                .map(key -> key.algorithm() + ":" + key.name() + ":" + key.check()).orElse("identity")).append(';'));
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "EncryptionSettings" + entries.stream().map(entry -> (Json) Json.of(entry.resources())).toList();
    }
}

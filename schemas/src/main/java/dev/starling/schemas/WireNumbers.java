package dev.starling.schemas;

import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The field numbers of the protobuf form of one package's types, which typed clients send. A number names its field;
 * where a message stands inside another only on the wire, a plus sign and the message's name stand for its fields.
 */
final class WireNumbers {
    private static final String CLASSES = "io.kubernetes.client.proto.";

    private WireNumbers() {
    }

    static Map<String, JsonObject> of(Facts facts, Map<String, JsonObject> definitions) {
        Map<String, JsonObject> numbers = new TreeMap<>();
        for (Descriptor message : messages(facts)) {
            String name = upstreamName(message);
            JsonObject definition = definitions.getOrDefault(name, new JsonObject());
            JsonObject fields = new JsonObject();
            for (FieldDescriptor field : message.getFields()) {
                boolean inline = definition.has("properties") && isMessage(field)
                        && !definition.getAsJsonObject("properties").has(field.getName());
                fields.addProperty(Integer.toString(field.getNumber()),
                        inline ? "+" + upstreamName(field.getMessageType()) : field.getName());
            }
            numbers.put(name, fields);
        }
        return numbers;
    }

    private static boolean isMessage(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated();
    }

    private static String upstreamName(Descriptor message) {
        return message.getFullName().replaceFirst("^k8s\\.io\\.", "io.k8s.");
    }

    /**
     * The library has one class per package: {@code Meta}, {@code V1} for core, {@code V1Apps} for the others. It has
     * none of the API servers' own registrations and of pod groups, which are sent as JSON.
     */
    private static List<Descriptor> messages(Facts facts) {
        String[] parts = facts.packageName().split("\\.");
        String group = parts[parts.length - 2];
        String className = switch (group) {
            case "meta" -> "Meta";
            case "core" -> capital(facts.version());
            default -> capital(facts.version()) + capital(group);
        };
        try {
            return ((FileDescriptor) Class.forName(CLASSES + className).getMethod("getDescriptor").invoke(null))
                    .getMessageTypes();
        } catch (ClassNotFoundException e) {
            if (group.equals("apiregistration") || facts.version().equals("v1alpha2")) {
                return List.of();
            }
            throw new IllegalStateException("the library has no messages of " + facts.packageName(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the library has no messages of " + facts.packageName(), e);
        }
    }

    private static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}

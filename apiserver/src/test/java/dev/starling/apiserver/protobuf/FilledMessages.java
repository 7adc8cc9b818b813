package dev.starling.apiserver.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.starling.apiserver.schema.Schemas;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Authentication;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Autoscaling;
import io.kubernetes.client.proto.V1Batch;
import io.kubernetes.client.proto.V1Coordination;
import io.kubernetes.client.proto.V1Discovery;
import io.kubernetes.client.proto.V1Events;
import io.kubernetes.client.proto.V1Networking;
import io.kubernetes.client.proto.V1Node;
import io.kubernetes.client.proto.V1Policy;
import io.kubernetes.client.proto.V1Rbac;
import io.kubernetes.client.proto.V1Scheduling;
import io.kubernetes.client.proto.V1Storage;
import io.kubernetes.client.proto.V2Autoscaling;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A message of every kind with a value in every field, from the published descriptors. */
final class FilledMessages {
    private static final Map<String, FileDescriptor> FILES = new TreeMap<>(Map.ofEntries(
            Map.entry("v1", V1.getDescriptor()), Map.entry("apps/v1", V1Apps.getDescriptor()),
            Map.entry("batch/v1", V1Batch.getDescriptor()), Map.entry("autoscaling/v1", V1Autoscaling.getDescriptor()),
            Map.entry("autoscaling/v2", V2Autoscaling.getDescriptor()),
            Map.entry("coordination.k8s.io/v1", V1Coordination.getDescriptor()),
            Map.entry("discovery.k8s.io/v1", V1Discovery.getDescriptor()),
            Map.entry("events.k8s.io/v1", V1Events.getDescriptor()),
            Map.entry("networking.k8s.io/v1", V1Networking.getDescriptor()),
            Map.entry("node.k8s.io/v1", V1Node.getDescriptor()), Map.entry("policy/v1", V1Policy.getDescriptor()),
            Map.entry("rbac.authorization.k8s.io/v1", V1Rbac.getDescriptor()),
            Map.entry("scheduling.k8s.io/v1", V1Scheduling.getDescriptor()),
            Map.entry("storage.k8s.io/v1", V1Storage.getDescriptor()),
            Map.entry("authentication.k8s.io/v1", V1Authentication.getDescriptor()),
            Map.entry("authorization.k8s.io/v1", V1Authorization.getDescriptor())));

    private FilledMessages() {
    }

    record Kind(String apiVersion, String name, DynamicMessage message) {

        Set<String> fieldNames() {
            return message.getDescriptorForType().getFields().stream().map(FieldDescriptor::getName)
                    .collect(Collectors.toSet());
        }
    }

    static Stream<Kind> kinds(Schemas schemas) {
        return FILES.entrySet().stream().flatMap(file -> file.getValue().getMessageTypes().stream()
                .filter(message -> schemas.definitionName(file.getKey(), message.getName()).isPresent())
                .map(message -> new Kind(file.getKey(), message.getName(), filled(message, Set.of()))));
    }

    private static DynamicMessage filled(Descriptor type, Set<Descriptor> around) {
        var message = DynamicMessage.newBuilder(type);
        var path = Stream.concat(around.stream(), Stream.of(type)).collect(Collectors.toUnmodifiableSet());
        switch (type.getName()) {
            case "Quantity" -> message.setField(type.findFieldByName("string"), "1");
            case "FieldsV1", "RawExtension", "JSON" ->
                    message.setField(type.getFields().getFirst(), ByteString.copyFromUtf8("{\"a\":1}"));
            default -> type.getFields().forEach(field -> fill(message, field, path));
        }
        return message.build();
    }

    private static void fill(DynamicMessage.Builder message, FieldDescriptor field, Set<Descriptor> path) {
        boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
        if (nested && path.contains(field.getMessageType())) {
            return;
        }
        Object value = nested ? filled(field.getMessageType(), path) : scalar(field);
        if (field.isRepeated()) {
            message.addRepeatedField(field, value);
        } else {
            message.setField(field, value);
        }
    }

    private static Object scalar(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> "x";
            case INT -> 1;
            case LONG -> 1L;
            case DOUBLE -> 1.5;
            case BOOLEAN -> true;
            case BYTE_STRING -> ByteString.copyFromUtf8("b");
            case FLOAT, ENUM, MESSAGE -> throw new IllegalStateException("no such field: " + field);
        };
    }
}

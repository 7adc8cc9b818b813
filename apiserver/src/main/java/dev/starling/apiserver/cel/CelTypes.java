package dev.starling.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructTypeReference;

/** Types between our words and the library's. Pure functions. */
final class CelTypes {
    static final OpaqueType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
    static final OpaqueType RESOURCE_CHECK = OpaqueType.create("kubernetes.authorization.ResourceCheck");

    private CelTypes() {
    }

    static CelType of(ValueType type) {
        return switch (type.form()) {
            case DYN -> SimpleType.DYN;
            case BOOL -> SimpleType.BOOL;
            case INT -> SimpleType.INT;
            case DOUBLE -> SimpleType.DOUBLE;
            case STRING -> SimpleType.STRING;
            case BYTES -> SimpleType.BYTES;
            case TIMESTAMP -> SimpleType.TIMESTAMP;
            case DURATION -> SimpleType.DURATION;
            case LIST -> ListType.create(of(type.element().orElse(ValueType.DYN)));
            case MAP -> MapType.create(SimpleType.STRING, of(type.element().orElse(ValueType.DYN)));
            case OPTIONAL -> OptionalType.create(of(type.element().orElse(ValueType.DYN)));
            case OBJECT -> StructTypeReference.create(type.name());
            case AUTHORIZER -> AUTHORIZER;
            case RESOURCE_CHECK -> RESOURCE_CHECK;
        };
    }

    static ValueType.Form form(CelType type) {
        return switch (type.kind()) {
            case BOOL -> ValueType.Form.BOOL;
            case INT, UINT -> ValueType.Form.INT;
            case DOUBLE -> ValueType.Form.DOUBLE;
            case STRING -> ValueType.Form.STRING;
            case BYTES -> ValueType.Form.BYTES;
            case TIMESTAMP -> ValueType.Form.TIMESTAMP;
            case DURATION -> ValueType.Form.DURATION;
            case LIST -> ValueType.Form.LIST;
            case MAP -> ValueType.Form.MAP;
            case STRUCT -> ValueType.Form.OBJECT;
            case OPAQUE -> type.name().equals(AUTHORIZER.name()) ? ValueType.Form.AUTHORIZER
                    : type.name().equals(RESOURCE_CHECK.name()) ? ValueType.Form.RESOURCE_CHECK
                    : ValueType.Form.OPTIONAL;
            default -> ValueType.Form.DYN;
        };
    }

    /** The type of an expression's value, for a variable that holds it. */
    static ValueType value(CelType type) {
        return switch (form(type)) {
            case LIST -> ValueType.list(type.parameters().isEmpty() ? ValueType.DYN
                    : value(type.parameters().getFirst()));
            case MAP -> ValueType.map(type.parameters().size() < 2 ? ValueType.DYN : value(type.parameters().get(1)));
            case BOOL -> ValueType.BOOL;
            case INT -> ValueType.INT;
            case DOUBLE -> ValueType.DOUBLE;
            case STRING -> ValueType.STRING;
            case BYTES -> ValueType.BYTES;
            case TIMESTAMP -> ValueType.TIMESTAMP;
            case DURATION -> ValueType.DURATION;
            case DYN, OBJECT, OPTIONAL, AUTHORIZER, RESOURCE_CHECK -> ValueType.DYN;
        };
    }
}

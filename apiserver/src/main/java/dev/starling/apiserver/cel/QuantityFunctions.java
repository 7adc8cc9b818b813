package dev.starling.apiserver.cel;

import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.starling.apiserver.cel.Functions.Form;
import dev.starling.kube.object.Quantity;
import java.math.BigDecimal;

/** {@code quantity("1.5Gi")} and what can be done with it. */
final class QuantityFunctions {
    private static final OpaqueType QUANTITY = OpaqueType.create("kubernetes.Quantity");

    private QuantityFunctions() {
    }

    static void addTo(Functions functions) {
        functions.values(QUANTITY, Quantity.class)
                .global("quantity", new Form("string_to_quantity", QUANTITY, SimpleType.STRING),
                        a -> Quantity.parse((String) a[0]))
                .global("isQuantity", new Form("is_quantity_string", SimpleType.BOOL, SimpleType.STRING),
                        a -> Quantity.tryParse((String) a[0]).isPresent())
                .member("sign", new Form("quantity_sign", SimpleType.INT, QUANTITY),
                        a -> (long) value(a[0]).signum())
                .member("isInteger", new Form("quantity_is_integer", SimpleType.BOOL, QUANTITY),
                        a -> isInteger(value(a[0])))
                .member("asInteger", new Form("quantity_get_int", SimpleType.INT, QUANTITY),
                        a -> integer(value(a[0])))
                .member("asApproximateFloat", new Form("quantity_get_float", SimpleType.DOUBLE, QUANTITY),
                        a -> value(a[0]).doubleValue())
                .member("isGreaterThan", new Form("quantity_is_greater_than", SimpleType.BOOL, QUANTITY, QUANTITY),
                        a -> value(a[0]).compareTo(value(a[1])) > 0)
                .member("isLessThan", new Form("quantity_is_less_than", SimpleType.BOOL, QUANTITY, QUANTITY),
                        a -> value(a[0]).compareTo(value(a[1])) < 0)
                .member("compareTo", new Form("quantity_compare_to", SimpleType.INT, QUANTITY, QUANTITY),
                        a -> (long) value(a[0]).compareTo(value(a[1])))
                .member("add", new Form("quantity_add", QUANTITY, QUANTITY, QUANTITY),
                        a -> ((Quantity) a[0]).plus((Quantity) a[1]))
                .member("add", new Form("quantity_add_int", QUANTITY, QUANTITY, SimpleType.INT),
                        a -> ((Quantity) a[0]).plus(Quantity.of((Long) a[1])))
                .member("sub", new Form("quantity_sub", QUANTITY, QUANTITY, QUANTITY),
                        a -> ((Quantity) a[0]).minus((Quantity) a[1]))
                .member("sub", new Form("quantity_sub_int", QUANTITY, QUANTITY, SimpleType.INT),
                        a -> ((Quantity) a[0]).minus(Quantity.of((Long) a[1])));
    }

    private static BigDecimal value(Object quantity) {
        return ((Quantity) quantity).value();
    }

    private static boolean isInteger(BigDecimal value) {
        return value.stripTrailingZeros().scale() <= 0
                && value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
    }

    private static long integer(BigDecimal value) {
        if (!isInteger(value)) {
            throw new IllegalArgumentException("cannot convert value to integer");
        }
        return value.longValueExact();
    }
}

package dev.starling.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.starling.apiserver.cel.Functions.Form;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** What Kubernetes adds to lists: {@code isSorted}, {@code sum}, {@code min}, {@code max}, {@code indexOf}. */
final class ListFunctions {
    private static final CelType ELEMENT = TypeParamType.create("T");
    private static final CelType LIST = ListType.create(ELEMENT);
    private static final Comparator<Object> ORDER = ListFunctions::compare;

    private ListFunctions() {
    }

    static void addTo(Functions functions) {
        functions.member("isSorted", new Form("list_is_sorted", SimpleType.BOOL, LIST), a -> isSorted((List<?>) a[0]))
                .member("sum", new Form("list_sum", ELEMENT, LIST), a -> sum((List<?>) a[0]))
                .member("min", new Form("list_min", ELEMENT, LIST), a -> extreme((List<?>) a[0], ORDER.reversed()))
                .member("max", new Form("list_max", ELEMENT, LIST), a -> extreme((List<?>) a[0], ORDER))
                .member("indexOf", new Form("list_index_of", SimpleType.INT, LIST, ELEMENT),
                        a -> (long) ((List<?>) a[0]).indexOf(a[1]))
                .member("lastIndexOf", new Form("list_last_index_of", SimpleType.INT, LIST, ELEMENT),
                        a -> (long) ((List<?>) a[0]).lastIndexOf(a[1]));
    }

    private static boolean isSorted(List<?> list) {
        for (int i = 1; i < list.size(); i++) {
            if (ORDER.compare(list.get(i - 1), list.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    private static Object extreme(List<?> list, Comparator<Object> order) {
        return list.stream().map(Object.class::cast).max(order)
                .orElseThrow(() -> new IllegalArgumentException("min/max called on empty list"));
    }

    private static Object sum(List<?> list) {
        if (list.isEmpty()) {
            return 0L;
        }
        return switch (list.getFirst()) {
            case Double first -> list.stream().mapToDouble(each -> ((Number) each).doubleValue()).sum();
            case Duration first -> list.stream().map(Duration.class::cast).reduce(Duration.ZERO, Duration::plus);
            default -> list.stream().map(Long.class::cast).reduce(0L, Math::addExact);
        };
    }

    private static int compare(Object a, Object b) {
        if (a instanceof Number && b instanceof Number) {
            return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString()));
        }
        if (a instanceof Comparable<?> && a.getClass() == Objects.requireNonNull(b).getClass()) {
            @SuppressWarnings("unchecked") // both are of this class, which compares to itself
            var comparable = (Comparable<Object>) a;
            return comparable.compareTo(b);
        }
        throw new IllegalArgumentException("values cannot be compared");
    }
}

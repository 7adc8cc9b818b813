package dev.starling.apiserver.admission.amount;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Quantity;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Exact amounts by the names that quotas give to resources, in the order of the names. */
public record Amounts(Map<String, Quantity> each) {
    public static final Amounts NONE = new Amounts(Map.of());

    public Amounts {
        each = Collections.unmodifiableMap(new TreeMap<>(each));
    }

    /** Reads a resource list; what is no quantity counts nothing, as no validated object has one. */
    public static Amounts of(JsonObject list) {
        var amounts = new TreeMap<String, Quantity>();
        list.forEach((name, value) -> Quantity.tryParse(text(value)).ifPresent(q -> amounts.put(name, q)));
        return new Amounts(amounts);
    }

    private static String text(Json value) {
        return value instanceof JsonString(var text) ? text : value.toString();
    }

    public boolean has(String name) {
        return each.containsKey(name);
    }

    /** Nothing for a name that is not there. */
    public Quantity of(String name) {
        return each.getOrDefault(name, Quantity.ZERO);
    }

    public boolean isEmpty() {
        return each.isEmpty();
    }

    public Amounts plus(Amounts other) {
        if (other.isEmpty() || isEmpty()) {
            return isEmpty() ? other : this;
        }
        var sum = new TreeMap<>(each);
        other.each.forEach((name, amount) -> sum.merge(name, amount, Quantity::plus));
        return new Amounts(sum);
    }

    public Amounts minus(Amounts other) {
        var rest = new TreeMap<>(each);
        other.each.forEach((name, amount) -> rest.merge(name, Quantity.ZERO.minus(amount), Quantity::plus));
        return new Amounts(rest);
    }

    /** The greater amount of each name. */
    public Amounts max(Amounts other) {
        var most = new TreeMap<>(each);
        other.each.forEach((name, amount) -> most.merge(name, amount, (a, b) -> a.compareTo(b) < 0 ? b : a));
        return new Amounts(most);
    }

    public Amounts only(Predicate<String> names) {
        return where((name, amount) -> names.test(name));
    }

    /** Amounts greater than nothing. */
    public Amounts positive() {
        return where((name, amount) -> amount.compareTo(Quantity.ZERO) > 0);
    }

    private Amounts where(BiPredicate<String, Quantity> condition) {
        return new Amounts(each.entrySet().stream().filter(e -> condition.test(e.getKey(), e.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** What is more than the other allows, of the names that both have. */
    public Amounts over(Amounts most) {
        return where((name, amount) -> most.each.containsKey(name) && amount.compareTo(most.of(name)) > 0);
    }

    /** These names with the other's amounts. */
    public Amounts asIn(Amounts other) {
        return new Amounts(each.keySet().stream().collect(Collectors.toMap(name -> name, other::of)));
    }

    public JsonObject json() {
        var list = JsonObject.builder();
        each.forEach((name, amount) -> list.put(name, amount.toString()));
        return list.build();
    }

    /** As messages show it: {@code cpu=1,pods=2}. */
    @Override
    public String toString() {
        return each.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }
}

package dev.starling.control.autoscaler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import java.util.Optional;

/**
 * One entry of {@code spec.metrics} of type Resource or ContainerResource.
 *
 * @param container whose usage counts; empty for all of a pod
 * @param utilization the wanted percentage of requests
 * @param averageMillis the wanted average of a pod in thousandths of a unit
 */
record MetricTarget(String resource, String container, Optional<Integer> utilization, Optional<Long> averageMillis) {

    /** @throws MetricException for what this autoscaler can't measure */
    static MetricTarget from(JsonObject metric) {
        String type = metric.text("type");
        String field = switch (type) {
            case "Resource" -> "resource";
            case "ContainerResource" -> "containerResource";
            default -> throw new MetricException("InvalidMetricSourceType", type.matches("Pods|Object|External")
                    ? "metric source type \"" + type + "\" needs a metrics adapter, and there is none here:"
                    + " use Resource or ContainerResource" : "unknown metric source type \"" + type + "\"");
        };
        var source = metric.object(field);
        var target = source.object("target");
        var utilization = Optional.of(target.at("averageUtilization")).filter(t -> !t.isNull())
                .map(t -> (int) t.number(0));
        var average = Quantity.tryParse(text(target)).map(Quantity::millis);
        if (utilization.isEmpty() && average.isEmpty()) {
            throw new MetricException("FailedGet" + type + "Metric",
                    "invalid resource metric source: neither an average utilization target"
                    + " nor an average value (usage) target was set");
        }
        return new MetricTarget(source.text("name"), source.text("container"), utilization, average);
    }

    private static String text(JsonObject target) {
        var value = target.at("averageValue");
        return value.isNull() ? "" : value.text().isEmpty() ? value.toString() : value.text();
    }

    boolean ofContainer() {
        return !container.isEmpty();
    }

    String failure() {
        return ofContainer() ? "FailedGetContainerResourceMetric" : "FailedGetResourceMetric";
    }

    /** As events and conditions name it. */
    String words() {
        return resource + (ofContainer() ? " container" : "") + " resource"
                + (utilization.isPresent() ? " utilization (percentage of request)" : "");
    }

    /** An entry of {@code status.currentMetrics}. */
    JsonObject current(Optional<Integer> percentage, long milliUnits) {
        var current = JsonObject.builder();
        percentage.ifPresent(p -> current.put("averageUtilization", p));
        current.put("averageValue", (Object) Quantity.ofMillis(milliUnits).toString());
        var source = JsonObject.builder().put("name", (Object) resource).put("current", current.build());
        if (ofContainer()) {
            source.put("container", (Object) container);
        }
        String type = ofContainer() ? "ContainerResource" : "Resource";
        String field = ofContainer() ? "containerResource" : "resource";
        return JsonObject.of("type", type, field, source.build());
    }
}

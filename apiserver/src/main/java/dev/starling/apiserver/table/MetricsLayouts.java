package dev.starling.apiserver.table;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;
import java.util.List;
import java.util.stream.Stream;

/** The rows of what pods and nodes use, with the columns of upstream's metrics server. */
final class MetricsLayouts {
    private static final List<Column> COLUMNS = List.of(Column.objectName(), Column.text("cpu"),
            Column.text("memory"), Column.text("Window"));

    static final Layout NODE = Layout.of(COLUMNS, (object, now) -> row(object,
            List.of(object.tree().object("usage"))));

    static final Layout POD = Layout.of(COLUMNS, (object, now) -> row(object,
            object.tree().array("containers").objects().stream().map(each -> each.object("usage")).toList()));

    private MetricsLayouts() {
    }

    private static List<Object> row(KubeObject object, List<JsonObject> used) {
        return List.of(object.name(), sum(used.stream().map(each -> each.text("cpu"))),
                sum(used.stream().map(each -> each.text("memory"))), object.tree().text("window"));
    }

    private static String sum(Stream<String> amounts) {
        return amounts.filter(amount -> !amount.isEmpty()).map(Quantity::parse).reduce(Quantity::plus)
                .map(Quantity::toString).orElse("0");
    }
}

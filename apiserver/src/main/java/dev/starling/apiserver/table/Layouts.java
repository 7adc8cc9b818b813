package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Map;

/** The layouts of the kinds that have columns of their own. */
final class Layouts {
    static final Map<ResourceType, Layout> BY_TYPE = Map.ofEntries(
            Map.entry(Kinds.CONFIG_MAPS, Layout.of(List.of(Column.objectName(), Column.number("Data"), Column.age()),
                    (object, now) -> List.of(object.name(), object.tree().object("data").size()
                            + object.tree().object("binaryData").size(), age(object, now)))));

    private Layouts() {
    }
}

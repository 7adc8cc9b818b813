package dev.starling.apiserver.table;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.List;

/** How the objects of one kind become rows: as many cells as there are columns. */
public interface Layout {

    List<Column> columns();

    /** The cells: texts and whole numbers. */
    List<Object> cells(KubeObject object, Instant now);

    /** What the whole row should be marked with, such as a completed pod. */
    default JsonArray conditions(KubeObject object) {
        return JsonArray.EMPTY;
    }

    /** The cells of an object. */
    @FunctionalInterface
    interface Cells {
        List<Object> of(KubeObject object, Instant now);
    }

    static Layout of(List<Column> columns, Cells cells) {
        return new Layout() {
            @Override
            public List<Column> columns() {
                return columns;
            }

            @Override
            public List<Object> cells(KubeObject object, Instant now) {
                return cells.of(object, now);
            }
        };
    }
}

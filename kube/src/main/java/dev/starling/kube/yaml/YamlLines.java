package dev.starling.kube.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * On which line each value of a YAML document stands, for messages about files that people wrote. A path is the field
 * names (String) and list positions (Integer) that lead to the value. Immutable.
 */
public final class YamlLines {
    /** Aliases can make a small text a huge tree: what lies behind this many values is placed at its parent. */
    private static final int MOST_PLACES = 100_000;
    private static final int DEEPEST = 100;

    private final Map<List<Object>, Integer> lines;

    private YamlLines(Map<List<Object>, Integer> lines) {
        this.lines = lines;
    }

    /** The lines of the first document of a text that {@link Yaml#documents} reads. */
    public static YamlLines of(String text) {
        var lines = new HashMap<List<Object>, Integer>();
        try {
            for (Node document : new Compose(LoadSettings.builder().build()).composeAllFromString(text)) {
                if (document instanceof MappingNode || document instanceof SequenceNode) {
                    place(List.of(), document, document, lines);
                    break;
                }
            }
        } catch (YamlEngineException e) {
            throw new Yaml.YamlException("yaml: " + e.getMessage(), 0);
        }
        return new YamlLines(lines);
    }

    /** The line, from 1, of the key or list item at a path; of the nearest parent that is there; 0 in an empty text. */
    public int at(List<?> path) {
        for (int length = path.size(); length >= 0; length--) {
            var line = lines.get(List.<Object>copyOf(path.subList(0, length)));
            if (line != null) {
                return line;
            }
        }
        return 0;
    }

    private static void place(List<Object> path, Node mark, Node value, Map<List<Object>, Integer> lines) {
        if (lines.size() >= MOST_PLACES || path.size() > DEEPEST) {
            return;
        }
        lines.putIfAbsent(path, mark.getStartMark().map(Mark::getLine).orElse(-1) + 1);
        if (value instanceof MappingNode map) {
            for (var field : map.getValue()) {
                Object name = field.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
                place(longer(path, name), field.getKeyNode(), field.getValueNode(), lines);
            }
        } else if (value instanceof SequenceNode list) {
            for (int i = 0; i < list.getValue().size(); i++) {
                place(longer(path, i), list.getValue().get(i), list.getValue().get(i), lines);
            }
        }
    }

    private static List<Object> longer(List<Object> path, Object step) {
        var longer = new ArrayList<>(path);
        longer.add(step);
        return List.copyOf(longer);
    }
}

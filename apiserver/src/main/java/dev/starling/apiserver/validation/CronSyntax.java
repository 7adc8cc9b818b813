package dev.starling.apiserver.validation;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Whether a text is a schedule of five fields or a named one, and what is wrong with it otherwise. */
final class CronSyntax {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final List<Field> FIELDS = List.of(new Field(0, 59, List.of()), new Field(0, 23, List.of()),
            new Field(1, 31, List.of()), new Field(1, 12, MONTHS), new Field(0, 6, DAYS));
    private static final Map<String, Boolean> DESCRIPTORS = Map.of("@yearly", true, "@annually", true,
            "@monthly", true, "@weekly", true, "@daily", true, "@midnight", true, "@hourly", true);

    /** The bounds of a field, and the names that stand for its numbers from the first on. */
    private record Field(int least, int most, List<String> names) {}

    private static final class Malformed extends RuntimeException {
        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    private CronSyntax() {
    }

    static Optional<String> error(String schedule) {
        try {
            check(schedule.strip());
            return Optional.empty();
        } catch (Malformed e) {
            return Optional.of(e.getMessage());
        }
    }

    private static void check(String schedule) {
        if (schedule.startsWith("@")) {
            descriptor(schedule);
            return;
        }
        List<String> fields = List.of(schedule.split("\\s+"));
        if (fields.size() != FIELDS.size()) {
            throw new Malformed("expected exactly 5 fields, found " + fields.size() + ": "
                    + fields.toString().replace(",", ""));
        }
        for (int i = 0; i < fields.size(); i++) {
            for (String range : fields.get(i).split(",")) {
                range(range, FIELDS.get(i));
            }
        }
    }

    private static void descriptor(String schedule) {
        if (DESCRIPTORS.containsKey(schedule)) {
            return;
        }
        if (!schedule.startsWith("@every ")) {
            throw new Malformed("unrecognized descriptor: " + schedule);
        }
        String duration = schedule.substring("@every ".length());
        if (!duration.matches("([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+")) {
            throw new Malformed("failed to parse duration " + schedule + ": time: invalid duration \""
                    + duration + "\"");
        }
    }

    private static void range(String text, Field field) {
        String[] steps = text.split("/", -1);
        String[] ends = steps[0].split("-", -1);
        if (steps.length > 2) {
            throw new Malformed("too many slashes: " + text);
        }
        if (ends.length > 2) {
            throw new Malformed("too many hyphens: " + text);
        }
        boolean any = ends[0].equals("*") || ends[0].equals("?");
        int first = any ? field.least() : number(ends[0], field);
        int last = ends.length == 2 ? number(ends[1], field) : any || steps.length == 2 ? field.most() : first;
        if (steps.length == 2 && number(steps[1], new Field(0, 0, List.of())) == 0) {
            throw new Malformed("step of range should be a positive number: " + text);
        }
        if (first < field.least()) {
            throw new Malformed("beginning of range (" + first + ") below minimum (" + field.least() + "): " + text);
        }
        if (last > field.most()) {
            throw new Malformed("end of range (" + last + ") above maximum (" + field.most() + "): " + text);
        }
        if (first > last) {
            throw new Malformed("beginning of range (" + first + ") beyond end of range (" + last + "): " + text);
        }
    }

    private static int number(String text, Field field) {
        int name = field.names().indexOf(text.toLowerCase(Locale.ROOT));
        if (name >= 0) {
            return name + field.least();
        }
        if (text.matches("-[0-9]{1,8}")) {
            throw new Malformed("negative number (" + text + ") not allowed: " + text);
        }
        if (!text.matches("[0-9]{1,8}")) {
            throw new Malformed("failed to parse int from " + text + ": strconv.Atoi: parsing \"" + text
                    + "\": invalid syntax");
        }
        return Integer.parseInt(text);
    }
}

package dev.starling.cli;

import dev.starling.cli.output.TextTable;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code image import}, {@code image list} and {@code image remove}. */
final class ImageCommands {
    static final ResourceType IMAGES = new ResourceType("images.starling.dev", "v1", "images", "Image", false);

    private ImageCommands() {
    }

    private static List<KubeObject> images(KubeApi api) {
        return api.list(ListQuery.all(IMAGES)).items();
    }

    /** Streams archives to the server. */
    static final class Import implements Command {
        @Override
        public String name() {
            return "image import";
        }

        @Override
        public CommandSpec spec() {
            return Options.of(name(), "Gives the server images from archives (docker save, or an OCI archive). They "
                            + "answer for their names until they are removed.")
                    .argument("FILE", "1..*", "The archives, uncompressed.")
                    .example("./starling image import nginx.tar").spec();
        }

        @Override
        public void run(ParseResult line, Session session) {
            var files = Options.arguments(line).stream().map(Path::of).toList();
            files.stream().filter(file -> !Files.isRegularFile(file) || !Files.isReadable(file)).findFirst()
                    .ifPresent(file -> {
                        throw new CliException(file + (Files.exists(file) ? " can't be read" : " does not exist"));
                    });
            try (var server = Options.server(line, session)) {
                for (var file : files) {
                    var answer = server.send(IMAGES.rootPath() + "/archives", "application/x-tar", file);
                    answer.array("references").texts().forEach(reference -> session.say("imported " + reference));
                }
            }
        }
    }

    /** Prints the images that the server holds. */
    static final class Listing implements Command {
        @Override
        public String name() {
            return "image list";
        }

        @Override
        public CommandSpec spec() {
            return Options.of(name(), "Shows the images that the server holds.")
                    .output("table", "yaml", "json").example("./starling image list").spec();
        }

        @Override
        public void run(ParseResult line, Session session) {
            String form = Options.output(line);
            try (var server = Options.server(line, session)) {
                var images = images(server.api());
                var specs = JsonArray.of(images.stream().map(image -> (Json) image.spec()).toList());
                session.out().print(switch (form) {
                    case "yaml" -> Yaml.write(specs);
                    case "json" -> JsonWriter.pretty(specs) + "\n";
                    default -> table(images);
                });
            }
        }

        private static String table(List<KubeObject> images) {
            if (images.isEmpty()) {
                return "The server holds no images.\n";
            }
            var table = new TextTable(List.of("REFERENCE", "IMAGE ID", "SIZE (MB)", "ORIGIN"), Set.of(2));
            images.forEach(image -> table.row(List.of(image.spec().text("reference"), shortId(image),
                    megabytes(image.spec().at("bytes").number(0)), image.spec().text("origin"))));
            return table.toString();
        }

        private static String shortId(KubeObject image) {
            String digest = image.spec().text("id").replaceFirst("^sha256:", "");
            return digest.substring(0, Math.min(12, digest.length()));
        }

        private static String megabytes(long bytes) {
            return BigDecimal.valueOf(bytes, 6).setScale(1, RoundingMode.HALF_EVEN).toPlainString();
        }
    }

    /** Removes one image by its name. */
    static final class Remove implements Command {
        @Override
        public String name() {
            return "image remove";
        }

        @Override
        public CommandSpec spec() {
            return Options.of(name(), "Removes an image from the server.")
                    .argument("REFERENCE", "1", "As image list shows it, or shorter: nginx is enough for "
                            + "docker.io/library/nginx:latest.")
                    .example("./starling image remove nginx:latest").spec();
        }

        @Override
        public void run(ParseResult line, Session session) {
            String wanted = Options.arguments(line).getFirst();
            try (var server = Options.server(line, session)) {
                var found = matching(images(server.api()), wanted);
                if (found.isEmpty()) {
                    throw new CliException("the server holds no image " + wanted + "; see ./starling image list");
                }
                if (found.size() > 1) {
                    throw new CliException(wanted + " may be " + String.join(" or ",
                            found.stream().map(image -> image.spec().text("reference")).toList()));
                }
                var image = found.getFirst();
                server.api().delete(IMAGES.key(image.name()));
                session.say("removed " + image.spec().text("reference"));
            }
        }

        /** The image with exactly this reference, else those whose reference ends in it as a whole word. */
        private static List<KubeObject> matching(List<KubeObject> images, String wanted) {
            var exact = images.stream().filter(image -> image.spec().text("reference").equals(wanted)
                    || image.name().equals(wanted)).toList();
            return !exact.isEmpty() ? exact : images.stream().filter(image -> {
                String reference = "/" + image.spec().text("reference");
                return reference.endsWith("/" + wanted) || reference.endsWith("/" + wanted + ":latest");
            }).toList();
        }
    }
}

package dev.starling.apiserver.http;

import dev.starling.apiserver.protobuf.ProtobufObjects;
import dev.starling.kube.api.ApiException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.HashMap;
import java.util.Optional;

/** What forms of an answer a client takes, most wanted first, as its {@code Accept} header says. */
record Accept(List<Clause> clauses) {
    private static final Clause ANY = new Clause("*/*", Map.of(), 1);

    /** One form. */
    record Clause(String type, Map<String, String> parameters, double weight) {

        String parameter(String name) {
            return parameters.getOrDefault(name, "");
        }

        boolean json() {
            return type.equals("application/json") || type.equals("*/*") || type.equals("application/*");
        }

        boolean yaml() {
            return type.equals("application/yaml");
        }

        /** A client that watches asks for a sequence of items. */
        boolean cbor() {
            return type.equals(MediaType.CBOR) || type.equals(MediaType.CBOR_SEQUENCE);
        }

        boolean protobuf() {
            return type.equals(ProtobufObjects.MEDIA_TYPE);
        }
    }

    static Accept parse(String header) {
        if (header.isBlank()) {
            return new Accept(List.of(ANY));
        }
        var clauses = new ArrayList<Clause>();
        for (String part : header.split(",")) {
            if (!part.isBlank()) {
                clauses.add(clause(part));
            }
        }
        clauses.sort(Comparator.comparingDouble(Clause::weight).reversed());
        return new Accept(List.copyOf(clauses));
    }

    private static Clause clause(String text) {
        String[] parts = text.split(";", -1);
        var parameters = new HashMap<String, String>();
        for (int i = 1; i < parts.length; i++) {
            int is = parts[i].indexOf('=');
            if (is > 0) {
                parameters.put(parts[i].substring(0, is).trim(), parts[i].substring(is + 1).trim());
            }
        }
        return new Clause(parts[0].trim().toLowerCase(Locale.ROOT), Map.copyOf(parameters), weight(parameters));
    }

    private static double weight(Map<String, String> parameters) {
        try {
            return Double.parseDouble(parameters.getOrDefault("q", "1"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /**
     * How objects shall be written.
     *
     * @param typed whether what is answered has a protobuf form; its views have none
     * @param tabled whether what is answered can be shown as a table
     * @param cbor whether this server speaks CBOR
     * @throws ApiException NOT_ACCEPTABLE if the client takes nothing that there is
     */
    Form objectForm(boolean typed, boolean tabled, boolean cbor) {
        for (var clause : clauses) {
            var form = form(clause, typed, cbor).filter(each -> tabled || each.view() != Form.View.TABLE);
            if (form.isPresent()) {
                return form.get();
            }
        }
        throw new ApiException(ApiException.Reason.NOT_ACCEPTABLE, "only the following media types are accepted: "
                + "application/json, application/yaml" + (cbor ? ", " + MediaType.CBOR : "")
                + (typed ? ", " + ProtobufObjects.MEDIA_TYPE : ""));
    }

    private static Optional<Form> form(Clause clause, boolean typed, boolean cbor) {
        var view = Form.View.named(clause.parameter("as"), clause.parameter("g"), clause.parameter("v"));
        if (view.isEmpty()) {
            return Optional.empty();
        }
        if (clause.protobuf()) {
            return typed && view.get() == Form.View.OBJECT
                    ? Optional.of(new Form(Form.Encoding.PROTOBUF, view.get(), "")) : Optional.empty();
        }
        if (clause.cbor()) {
            return cbor ? Optional.of(new Form(Form.Encoding.CBOR, view.get(), clause.parameter("v")))
                    : Optional.empty();
        }
        return clause.json() || clause.yaml()
                ? Optional.of(new Form(clause.yaml() ? Form.Encoding.YAML : Form.Encoding.JSON, view.get(),
                        clause.parameter("v"))) : Optional.empty();
    }
}

package dev.starling.cli.cluster;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Fargate profile as eksctl writes one: which pods run without nodes. */
public record FargateProfile(String name, String podExecutionRoleARN, List<Selector> selectors,
        List<String> subnets, Map<String, String> tags) {
    private static final int MOST_SELECTORS = 5;
    private static final int LONGEST_NAMESPACE = 63;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9*?]([-a-z0-9*?]*[a-z0-9*?])?");

    /** Pods of a namespace that carry all the labels; {@code *} and {@code ?} stand for any letters and any letter. */
    public record Selector(String namespace, Map<String, String> labels) {
        public Selector {
            labels = Map.copyOf(labels);
        }

        static Selector from(JsonObject json) {
            return new Selector(json.text("namespace"), json.object("labels").texts());
        }

        JsonObject json() {
            var json = JsonObject.builder().put("namespace", namespace);
            return labels.isEmpty() ? json.build() : json.put("labels", sorted(labels)).build();
        }
    }

    public FargateProfile {
        selectors = List.copyOf(selectors);
        subnets = List.copyOf(subnets);
        tags = Map.copyOf(tags);
    }

    /** What {@code --fargate} makes when no profile is asked for. */
    public static FargateProfile byDefault() {
        return new FargateProfile("fp-default", "", List.of(new Selector("default", Map.of()),
                new Selector("kube-system", Map.of())), List.of(), Map.of());
    }

    /** From eksctl's form, where the name stands beside the selectors. */
    public static FargateProfile from(JsonObject json) {
        return of(json.text("name"), json);
    }

    /** From an object of the API. */
    public static FargateProfile from(KubeObject object) {
        return of(object.name(), object.spec());
    }

    private static FargateProfile of(String name, JsonObject json) {
        return new FargateProfile(name, json.text("podExecutionRoleARN"),
                json.array("selectors").objects().stream().map(Selector::from).toList(),
                json.array("subnets").texts(), json.object("tags").texts());
    }

    /** eksctl's form. */
    public JsonObject json() {
        return JsonObject.builder().put("name", name).putAll(spec()).build();
    }

    /** The object of the API that stands for this profile. */
    public KubeObject object() {
        return KubeObject.named(Kinds.FARGATE_PROFILES, "", name).with(spec(), "spec");
    }

    /** The {@code spec} of the object of the API. */
    public JsonObject spec() {
        var spec = JsonObject.builder().putText("podExecutionRoleARN", podExecutionRoleARN)
                .put("selectors", JsonArray.of(selectors.stream().map(Selector::json).toList()));
        if (!subnets.isEmpty()) {
            spec.put("subnets", JsonArray.strings(subnets));
        }
        if (!tags.isEmpty()) {
            spec.put("tags", sorted(tags));
        }
        return spec.build();
    }

    private static JsonObject sorted(Map<String, String> texts) {
        return JsonObject.strings(new java.util.TreeMap<>(texts));
    }

    /** The fields in which another profile of this name differs; empty if it means the same. */
    public List<String> differences(FargateProfile other) {
        var mine = spec();
        var theirs = other.spec();
        return Stream.of("podExecutionRoleARN", "selectors", "subnets", "tags")
                .filter(field -> !Objects.equals(mine.at(field), theirs.at(field))).toList();
    }

    /** What EKS and eksctl would refuse in these profiles; paths begin at each profile's position. */
    static List<Fault> faults(List<FargateProfile> profiles) {
        var faults = new ArrayList<Fault>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < profiles.size(); i++) {
            int at = i;
            var profile = profiles.get(i);
            if (!names.add(profile.name) && !profile.name.isEmpty()) {
                faults.add(new Fault(List.of(i, "name"), "another profile is named " + profile.name));
            }
            profile.faults().forEach(fault -> faults.add(new Fault(
                    Stream.concat(Stream.of((Object) at), fault.path().stream()).toList(), fault.message())));
        }
        return faults;
    }

    /** What EKS and eksctl would refuse in this profile. */
    public List<Fault> faults() {
        var faults = new ArrayList<Fault>();
        if (name.isEmpty()) {
            faults.add(new Fault(List.of("name"), "must not be empty"));
        } else if (name.startsWith("eks-")) {
            faults.add(new Fault(List.of("name"), "must not start with eks-, which is reserved"));
        } else if (!NAME.matcher(name).matches()) {
            faults.add(new Fault(List.of("name"), "must be lower-case letters, digits, - and ., at most 253, and begin "
                    + "and end with a letter or digit"));
        }
        if (selectors.isEmpty()) {
            faults.add(new Fault(List.of("selectors"), "at least one selector is needed"));
        } else if (selectors.size() > MOST_SELECTORS) {
            faults.add(new Fault(List.of("selectors"), "at most " + MOST_SELECTORS + " selectors are allowed, not "
                    + selectors.size()));
        }
        for (int i = 0; i < selectors.size(); i++) {
            checkNamespace(selectors.get(i).namespace(), List.of("selectors", i, "namespace"), faults);
        }
        return faults;
    }

    private static void checkNamespace(String namespace, List<Object> path, List<Fault> faults) {
        if (namespace.isEmpty()) {
            faults.add(new Fault(path, "is required"));
        } else if (namespace.length() > LONGEST_NAMESPACE || !NAMESPACE.matcher(namespace).matches()) {
            faults.add(new Fault(path, "must be a namespace's name, in which * and ? may stand for letters"));
        }
    }

    /** The profiles in eksctl's form. */
    public static Json list(List<FargateProfile> profiles) {
        return JsonArray.of(profiles.stream().map(FargateProfile::json).toList());
    }
}

package dev.starling.node.agent;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import dev.starling.node.host.Folders;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Resources;
import dev.starling.node.pool.Claim;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Matches what the runtime holds with the pods of the API when a process starts. Running containers go on; those that
 * ended meanwhile keep their exit code; sandboxes of no pod join the pool or are removed, and so are files of pods
 * that there are no more. All that it needs to know is in the runtime and the API.
 */
final class Adoption {
    private static final System.Logger LOG = System.getLogger(Adoption.class.getName());

    private final NodeParts parts;

    Adoption(NodeParts parts) {
        this.parts = parts;
    }

    /** The state of a pod that nothing is known of in the runtime. */
    PodState fresh(KubeObject pod, Instant now) {
        return gone(pod, PodState.of(new PodView(pod), List.of(), now));
    }

    /** A pod that was over before this process has nothing left here. */
    private static PodState gone(KubeObject pod, PodState state) {
        return new PodView(pod).terminal() ? state.with(new SandboxStep(Optional.empty(), Trouble.NONE, true)) : state;
    }

    Map<KubeObject, PodState> adopt(List<KubeObject> pods, Instant now) {
        var byUid = new HashMap<String, KubeObject>();
        pods.forEach(pod -> byUid.put(pod.uid(), pod));
        var containers = parts.runtime().containers();
        var owned = new HashMap<String, Sandbox>();
        for (var sandbox : parts.runtime().sandboxes()) {
            String uid = owner(sandbox, containers);
            boolean lives = byUid.containsKey(uid) && sandbox.ready() && !owned.containsKey(uid);
            if (lives && specialised(byUid.get(uid), sandbox, containers)) {
                owned.put(uid, sandbox);
            } else if (!uid.isEmpty() || !parts.pool().takeBack(sandbox)) {
                remove(sandbox);
            }
        }
        var states = new LinkedHashMap<KubeObject, PodState>();
        byUid.forEach((uid, pod) -> states.put(pod,
                state(pod, Optional.ofNullable(owned.get(uid)), of(uid, containers), now)));
        tidy(byUid::containsKey);
        return states;
    }

    /** A process that ended between the claim and the first container may have left half of what the pod asks for. */
    private boolean specialised(KubeObject pod, Sandbox sandbox, List<ContainerStatus> containers) {
        if (containers.stream().anyMatch(c -> c.sandboxId().equals(sandbox.id()))) {
            return true;
        }
        try {
            parts.runtime().specialise(sandbox.id(), new ContainerLaunch(parts).identity(new PodView(pod)));
            return true;
        } catch (ContainerRuntimeException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "sandbox given up pod=" + pod.namespacedName() + " why=" + e.getMessage());
            return false;
        }
    }

    private static String owner(Sandbox sandbox, List<ContainerStatus> containers) {
        return containers.stream().filter(c -> c.sandboxId().equals(sandbox.id()))
                .map(c -> c.labels().getOrDefault(ContainerLaunch.UID_LABEL, "")).filter(uid -> !uid.isEmpty())
                .findFirst().orElse(sandbox.podUid());
    }

    private static List<ContainerStatus> of(String uid, List<ContainerStatus> containers) {
        return containers.stream().filter(c -> uid.equals(c.labels().get(ContainerLaunch.UID_LABEL))).toList();
    }

    private PodState state(KubeObject pod, Optional<Sandbox> sandbox, List<ContainerStatus> found, Instant now) {
        var view = new PodView(pod);
        // A container that was created and never started has no future: its attempt is made again.
        // One that runs in a sandbox that is given up goes with it, and nobody would tell of its end.
        var begun = found.stream().filter(c -> c.exited()
                || c.running() && sandbox.filter(s -> s.id().equals(c.sandboxId())).isPresent()).toList();
        var state = PodState.of(view, begun, now);
        var billed = begun.stream()
                .flatMap(c -> Times.parse(c.annotations().getOrDefault(ContainerLaunch.BILLED_FROM, "")).stream())
                .min(Instant::compareTo);
        if (billed.isPresent()) {
            state = state.billedFrom(billed.get());
        }
        for (var container : begun) {
            if (container.exited()) {
                state = state.exitMessage(container, new ContainerLaunch(parts).exitMessage(view, container));
            }
        }
        if (sandbox.isEmpty()) {
            return gone(pod, state);
        }
        parts.pool().adopt(pod.uid(), Resources.requests(view));
        LOG.log(Level.INFO, "pod adopted pod=" + pod.namespacedName() + " sandbox=" + sandbox.get().id());
        var claim = new Claim(sandbox.get().id(), sandbox.get().ip(), true);
        return state.with(new SandboxStep(Optional.of(claim), Trouble.NONE, false));
    }

    private void remove(Sandbox sandbox) {
        LOG.log(Level.INFO, "sandbox of no pod removed sandbox=" + sandbox.id() + " pod=" + sandbox.podUid());
        parts.driver().run("remove-" + sandbox.id(), () -> {
            try {
                parts.runtime().removeSandbox(sandbox.id());
            } catch (ContainerRuntimeException e) {
                LOG.log(Level.WARNING, "sandbox left behind id=" + sandbox.id() + " why=" + e.getMessage());
            }
        });
    }

    /** What can't be removed is told, and keeps nobody from starting. */
    private void tidy(Predicate<String> uids) {
        if (!parts.volumes().written()) {
            return;
        }
        try {
            parts.volumes().removeAllBut(uids);
            removeLogs(parts.folders().logs(), name -> uids.test(name.substring(name.lastIndexOf('_') + 1)));
        } catch (UncheckedIOException e) {
            LOG.log(Level.WARNING, "files of pods that are gone stay why=" + e.getMessage());
        }
    }

    private static void removeLogs(Path folder, Predicate<String> keep) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var present = Files.list(folder)) {
            present.filter(path -> !keep.test(path.getFileName().toString())).forEach(Folders::remove);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

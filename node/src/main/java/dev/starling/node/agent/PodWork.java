package dev.starling.node.agent;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.Times;
import dev.starling.node.agent.PodAgent.Message;
import dev.starling.node.agent.PodState.VolumeStep;
import dev.starling.node.agent.Progress.ImageStep;
import dev.starling.node.agent.Receipt.Stage;
import dev.starling.node.host.Folders;
import dev.starling.node.pod.ContainerView;
import dev.starling.node.pod.ContainerView.PullPolicy;
import dev.starling.node.pod.Credentials;
import dev.starling.node.pod.MissingConfigException;
import dev.starling.node.pod.PodView;
import dev.starling.node.pool.Claim;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.Image;
import dev.starling.node.volume.VolumeException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Does what an agent decided, beside its loop, and posts what came of it. Each thing is tried once: when to try again
 * is the plan's matter. Thread-safe: it keeps no state.
 */
final class PodWork {
    private static final System.Logger LOG = System.getLogger(PodWork.class.getName());
    private static final Duration CONFIG_RETRY = Duration.ofSeconds(5);
    private static final int LONGEST_REFERENCE = 512;
    private static final Pattern REFERENCE = Pattern.compile(
            "([a-zA-Z0-9.\\-_]+(:[0-9]+)?/)?[a-z0-9]+(([._/]|__|-+)[a-z0-9]+)*(:[\\w][\\w.-]{0,127})?"
                    + "(@[A-Za-z][\\w+.-]*:[0-9a-fA-F]{32,})?|sha256:[0-9a-f]{64}");

    private final NodeParts parts;
    private final PodAgent agent;
    private final Receipt receipt;
    private final ContainerLaunch launch;

    PodWork(NodeParts parts, PodAgent agent, Receipt receipt) {
        this.parts = parts;
        this.agent = agent;
        this.receipt = receipt;
        this.launch = new ContainerLaunch(parts);
    }

    /** Begins an action of the plan; the state is the one it was decided in. */
    void begin(Action action, PodState state) {
        String name = action.key() + "-" + agent.uid();
        switch (action) {
            case Action.ClaimSandbox a -> parts.pool().begin(name, () -> finish(action, this::claim));
            case Action.StartContainer(var container) ->
                    parts.pool().begin(name, () -> finish(action, () -> start(container, state)));
            case Action.MountVolumes a -> run(name, action, this::mount);
            case Action.LookForImage(var container) -> run(name, action, () -> look(view(container)));
            case Action.PullImage(var container) -> run(name, action, () -> pull(view(container)));
            case Action.StopContainer stop -> run(name, action, () -> stop(stop));
            case Action.Release a -> parts.pool().remove(name, () -> finish(action, () -> release(state)));
            case Action.Delete a -> run(name, action, this::delete);
            case Action.End a -> throw new IllegalArgumentException("an end needs no work");
        }
    }

    private interface Step {
        Message run();
    }

    private void run(String name, Action action, Step step) {
        parts.driver().run(name, () -> finish(action, step));
    }

    /** Whatever happens, the action ceases to be under way; a bug is told and tried again later. */
    private void finish(Action action, Step step) {
        try {
            var message = step.run();
            agent.post(state -> message.apply(state.done(action.key())));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "pod work failed pod=" + agent.name() + " action=" + action.key(), e);
            var now = now();
            agent.post(state -> failed(action, state.done(action.key()), String.valueOf(e.getMessage()), now));
        }
    }

    private static PodState failed(Action action, PodState state, String why, Instant now) {
        return switch (action) {
            case Action.StartContainer(var container) -> state.change(container,
                    p -> p.with(p.trouble().again("CreateContainerError", why, now)));
            case Action.LookForImage(var container) -> state.change(container,
                    p -> p.with(p.trouble().again("ImageInspectError", why, now)));
            case Action.PullImage(var container) -> state.change(container,
                    p -> p.with(p.trouble().again("ErrImagePull", why, now)));
            case Action.MountVolumes a -> state.with(new VolumeStep(false,
                    state.volumes().trouble().again("FailedMount", why, now)));
            case Action.ClaimSandbox a -> sandboxTrouble(state, why, now);
            case Action.StopContainer a -> state;
            case Action.Release a -> sandboxTrouble(state, why, now);
            case Action.Delete a -> sandboxTrouble(state, why, now);
            case Action.End a -> state;
        };
    }

    private static PodState sandboxTrouble(PodState state, String why, Instant now) {
        var old = state.sandbox();
        var trouble = old.trouble().after("FailedCreatePodSandBox", why, now, CONFIG_RETRY);
        return state.with(new SandboxStep(old.claim(), trouble, old.removed()));
    }

    private Instant now() {
        return parts.driver().clock().instant();
    }

    private PodView pod() {
        return agent.pod();
    }

    private ContainerView view(String name) {
        return pod().container(name).orElseThrow();
    }

    private Message claim() {
        var from = now();
        var pod = pod();
        Optional<Claim> claimed = Optional.empty();
        try {
            claimed = Optional.of(parts.pool().claim(launch.shape(pod)));
            parts.runtime().specialise(claimed.get().sandboxId(), launch.identity(pod));
        } catch (ContainerRuntimeException | MissingConfigException e) {
            claimed.ifPresent(c -> removeSandbox(c.sandboxId()));
            String why = "Failed to create pod sandbox: " + e.getMessage();
            parts.events().warning(pod.object(), "FailedCreatePodSandBox", why);
            var at = now();
            return state -> sandboxTrouble(state, why, at);
        } catch (RuntimeException e) {
            claimed.ifPresent(c -> removeSandbox(c.sandboxId()));
            throw e;
        }
        var claim = claimed.get();
        var to = now();
        return state -> {
            receipt.took(Stage.SANDBOX, from, to);
            receipt.sandboxWasWarm(claim.warm());
            return state.with(new SandboxStep(Optional.of(claim), Trouble.NONE, false));
        };
    }

    private void removeSandbox(String id) {
        try {
            parts.runtime().removeSandbox(id);
        } catch (ContainerRuntimeException e) {
            LOG.log(Level.WARNING, "sandbox left behind id=" + id + " why=" + e.getMessage());
        }
    }

    private Message mount() {
        var from = now();
        try {
            parts.volumes().mount(pod(), parts.place(""));
        } catch (VolumeException e) {
            parts.events().warning(pod().object(), "FailedMount", e.getMessage());
            var at = now();
            return state -> state.with(new VolumeStep(false,
                    state.volumes().trouble().after("FailedMount", e.getMessage(), at, CONFIG_RETRY)));
        }
        var to = now();
        return state -> {
            receipt.took(Stage.VOLUMES, from, to);
            return state.with(new VolumeStep(true, Trouble.NONE));
        };
    }

    void refreshVolumes(String podIp) {
        try {
            var pod = pod();
            parts.volumes().mount(pod, parts.place(podIp));
            parts.volumes().excess(pod).ifPresent(why -> {
                parts.events().warning(pod.object(), "Evicted", why);
                agent.end(new Ending("Evicted", why));
            });
        } catch (VolumeException e) {
            parts.events().warning(pod().object(), "FailedMount", e.getMessage());
        } finally {
            agent.post(state -> state.done("refreshing"));
        }
    }

    private Message look(ContainerView container) {
        var from = now();
        String image = container.image();
        if (image.length() > LONGEST_REFERENCE || !REFERENCE.matcher(image).matches()) {
            return refused(container, "InvalidImageName", "Failed to apply default image tag \"" + image
                    + "\": couldn't parse image name \"" + image + "\": invalid reference format");
        }
        var found = parts.runtime().images().find(image);
        boolean pulls = container.pullPolicy() == PullPolicy.ALWAYS && found.map(i -> !i.imported()).orElse(true);
        if (found.isEmpty() && container.pullPolicy() == PullPolicy.NEVER) {
            return refused(container, "ErrImageNeverPull",
                    "Container image \"" + image + "\" is not present with pull policy of Never");
        }
        if (found.isEmpty() || pulls) {
            return state -> state.image(container.name(), ImageStep.ABSENT, "");
        }
        event(container, "Normal", "Pulled", present(container, found.get()));
        var to = now();
        return state -> {
            receipt.took(Stage.IMAGE, from, to);
            return state.image(container.name(), ImageStep.PRESENT, id(found.get()));
        };
    }

    private static String present(ContainerView container, Image image) {
        String text = "Container image \"" + container.image() + "\" already present on machine";
        return image.imported() && container.pullPolicy() == PullPolicy.ALWAYS
                ? text + ", imported from an archive: no registry is asked" : text;
    }

    private static String id(Image image) {
        return image.digests().isEmpty() ? image.id() : image.digests().getFirst();
    }

    private Message refused(ContainerView container, String reason, String message) {
        event(container, "Warning", reason.equals("InvalidImageName") ? "InspectFailed" : reason, message);
        event(container, "Warning", "Failed", "Error: " + reason);
        var at = now();
        return state -> state.change(container.name(), p -> p.with(p.trouble().again(reason, message, at)));
    }

    private Message pull(ContainerView container) {
        var from = now();
        String image = container.image();
        event(container, "Normal", "Pulling", "Pulling image \"" + image + "\"");
        Image pulled;
        try {
            pulled = parts.runtime().images().pull(image, Credentials.of(pod(), image, parts.sources()));
        } catch (ContainerRuntimeException e) {
            return pullFailed(container, String.valueOf(e.getMessage()));
        }
        var to = now();
        String took = goSeconds(Duration.between(from, to));
        event(container, "Normal", "Pulled", pulled.imported() ? present(container, pulled)
                : "Successfully pulled image \"" + image + "\" in " + took + " (" + took
                + " including waiting). Image size: " + pulled.size() + " bytes.");
        return state -> {
            receipt.took(Stage.IMAGE, from, to);
            return state.image(container.name(), ImageStep.PRESENT, id(pulled));
        };
    }

    private Message pullFailed(ContainerView container, String why) {
        String image = container.image();
        event(container, "Warning", "Failed", "Failed to pull image \"" + image + "\": " + why);
        event(container, "Warning", "Failed", "Error: ErrImagePull");
        event(container, "Normal", "BackOff", "Back-off pulling image \"" + image + "\"");
        event(container, "Warning", "Failed", "Error: ImagePullBackOff");
        var at = now();
        return state -> state.change(container.name(), p -> p.with(p.trouble().again("ErrImagePull", why, at)));
    }

    private static String goSeconds(Duration time) {
        return time.compareTo(Duration.ofSeconds(1)) < 0 ? time.toMillis() + "ms"
                : Math.round(time.toMillis()) / 1_000.0 + "s";
    }

    private Message start(String name, PodState state) {
        var pod = pod();
        var container = view(name);
        int attempt = state.container(name).attempts();
        var claim = state.sandbox().claim().orElseThrow();
        String id;
        var from = now();
        try {
            String billed = Times.micros(state.billingStart().orElse(from));
            var spec = launch.container(pod, container, attempt, claim.ip(), billed);
            id = parts.runtime().createContainer(claim.sandboxId(), spec);
        } catch (MissingConfigException e) {
            return notCreated(container, "CreateContainerConfigError", e.getMessage());
        } catch (ContainerRuntimeException e) {
            return notCreated(container, "CreateContainerError", String.valueOf(e.getMessage()));
        }
        event(container, "Normal", "Created", "Created container: " + name);
        var created = now();
        try {
            parts.runtime().startContainer(id);
        } catch (ContainerRuntimeException e) {
            return notStarted(container, id, String.valueOf(e.getMessage()));
        }
        var started = now();
        event(container, "Normal", "Started", "Started container " + name);
        var news = seen(id);
        return s -> {
            receipt.took(Stage.CREATE, from, created);
            receipt.took(Stage.START, created, started);
            return news.apply(s);
        };
    }

    private Message notCreated(ContainerView container, String reason, String why) {
        event(container, "Warning", "Failed", "Error: " + why);
        var at = now();
        return state -> state.change(container.name(),
                p -> p.with(p.trouble().after(reason, why, at, CONFIG_RETRY)));
    }

    /** A container whose command can't be started has ended; one that the runtime could not try is removed. */
    private Message notStarted(ContainerView container, String id, String why) {
        event(container, "Warning", "Failed", "Error: " + why);
        var status = parts.runtime().container(id);
        if (status.isPresent() && status.get().exited()) {
            return seen(id);
        }
        removeContainer(id);
        var at = now();
        return state -> state.change(container.name(), p -> p.with(p.trouble().again("RunContainerError", why, at)));
    }

    /** Reads what the runtime says of a container, and what that left as its message. */
    private Message seen(String id) {
        var found = parts.runtime().container(id);
        if (found.isEmpty()) {
            return state -> state;
        }
        return seen(found.get());
    }

    private Message seen(ContainerStatus status) {
        String message = status.exited() ? launch.exitMessage(pod(), status) : "";
        return state -> {
            var before = Optional.ofNullable(state.containers().get(status.name())).flatMap(Progress::current);
            var after = state.seen(status, message);
            tellBackOff(before, after, status);
            return after;
        };
    }

    private void tellBackOff(Optional<ContainerStatus> before, PodState after, ContainerStatus status) {
        var progress = after.container(status.name());
        boolean news = status.exited() && before.map(b -> !b.exited()).orElse(true);
        if (news && !progress.over(pod().restartPolicy()) && !after.ended(pod())
                && progress.restartAt().isAfter(status.finished())) {
            event(progress.view(), "Warning", "BackOff", "Back-off restarting failed container " + status.name()
                    + " in pod " + pod().longName());
        }
    }

    /** The runtime tells of a container: passes it on with what that left as its message. */
    void look(ContainerStatus status) {
        agent.post(seen(status));
    }

    private Message stop(Action.StopContainer stop) {
        event(view(stop.container()), "Normal", "Killing", stop.why());
        parts.runtime().stopContainer(stop.id(), stop.grace());
        return seen(stop.id());
    }

    void removeContainer(String id) {
        parts.driver().run("remove-" + id, () -> {
            try {
                parts.runtime().removeContainer(id);
            } catch (ContainerRuntimeException e) {
                LOG.log(Level.WARNING, "container left behind id=" + id + " why=" + e.getMessage());
            }
        });
    }

    /** Of a container only the newest attempt and the one before are kept. */
    void removeFiles(String container, int attempt) {
        if (!parts.volumes().written()) {
            return;
        }
        var pod = pod();
        parts.driver().run("remove-files-" + agent.uid(), () -> {
            try {
                Files.deleteIfExists(parts.folders().log(pod, container, attempt));
                Files.deleteIfExists(parts.folders().message(agent.uid(), container, attempt));
            } catch (IOException e) {
                LOG.log(Level.WARNING, "files left behind pod=" + agent.name() + " why=" + e);
            }
        });
    }

    private Message release(PodState state) {
        state.sandbox().claim().ifPresent(claim -> parts.runtime().removeSandbox(claim.sandboxId()));
        parts.volumes().remove(agent.uid());
        return s -> s.with(new SandboxStep(s.sandbox().claim(), Trouble.NONE, true));
    }

    /** Removes what outlives the containers of a pod: its logs. */
    void forget() {
        if (!parts.volumes().written()) {
            return;
        }
        parts.driver().run("forget-" + agent.uid(), () -> Folders.remove(parts.folders().podLogs(pod())));
    }

    private Message delete() {
        var pod = pod();
        var options = DeleteOptions.DEFAULT.withGracePeriodSeconds(0).withUid(agent.uid());
        try {
            parts.api().delete(Kinds.PODS.key(pod.namespace(), pod.name()), options);
        } catch (ApiException e) {
            if (!Set.of(ApiException.Reason.NOT_FOUND, ApiException.Reason.CONFLICT).contains(e.reason())) {
                throw e;
            }
        }
        // Finalizers may keep the object; then this is tried again, until the informer tells that it is gone.
        var at = now();
        return state -> sandboxTrouble(state, "waiting for deletion", at);
    }

    private void event(ContainerView container, String type, String reason, String message) {
        String path = "spec." + (container.init() ? "initContainers" : "containers") + "{" + container.name() + "}";
        parts.events().record(pod().object(), path, type, reason, message);
    }
}

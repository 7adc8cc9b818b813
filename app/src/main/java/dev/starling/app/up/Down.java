package dev.starling.app.up;

import dev.starling.app.options.Arguments;
import dev.starling.gateway.service.KernelNetwork;
import dev.starling.gateway.service.ServiceProxy;
import dev.starling.node.cri.CriRuntime;
import dev.starling.node.host.Folders;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.store.Journal;
import dev.starling.store.StoreLockedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code starling down}: removes from this machine what a killed instance left running. Its folder stays. */
public final class Down {
    public static final String USAGE = """
            Usage: starling down [--data DIR]     removes what a killed instance left on this machine: its containers,
                                                  network and mounts. Objects, images and bills stay in DIR.
            """;

    private Down() {
    }

    /** The exit code. */
    public static int run(List<String> words, Path usual) {
        var arguments = new Arguments(words, Set.of("--data"), Set.of());
        var path = arguments.find("--data").map(Path::of).orElse(usual);
        if (!Files.isDirectory(path)) {
            throw new StartException("there is no instance in " + path);
        }
        var folder = DataFolder.at(path);
        try (var journal = Journal.open(folder.ledger(), InstantSource.system())) {
            folder.serviceRange().ifPresent(range -> ServiceProxy.remove(
                    PoolPart.proxySettings(folder, range, folder.balanced()), KernelNetwork.ofThisProcess()));
            folder.recordBalanced(Optional.empty());
            CriRuntime.takeDown(folder.path());
            Folders.remove(PoolPart.memoryFolder(folder));
        } catch (StoreLockedException e) {
            throw new StartException("the instance in " + path + " is running: stop it with INT or TERM first", e);
        } catch (KernelNetwork.RefusedException | ContainerRuntimeException e) {
            throw new StartException("not everything could be removed: " + e.getMessage(), e);
        }
        System.out.println("Nothing of the instance in " + path + " runs any more");
        return 0;
    }
}

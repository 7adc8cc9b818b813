package dev.starling.node.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One process of the machine, known beyond the reuse of its number by the tick at which it started.
 *
 * @param startTick clock ticks between the start of the machine and that of the process
 */
public record MachineProcess(long pid, long startTick) {
    private static final Path PROC = Path.of("/proc");
    private static final int START_TICK_AFTER_NAME = 19;

    /** The process that has this number now, unless it is dead and only waits to be collected. */
    public static Optional<MachineProcess> withPid(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[0].equals("Z") || fields[0].equals("X");
            return dead ? Optional.empty()
                : Optional.of(new MachineProcess(pid, Long.parseLong(fields[START_TICK_AFTER_NAME])));
        } catch (IOException e) {
            // The process is gone, or goes while it is read.
            return Optional.empty();
        }
    }

    /** All processes whose command line holds these words, in this order, next to each other. */
    public static List<MachineProcess> withArguments(String... words) {
        List<MachineProcess> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                if (contains(arguments(folder), List.of(words))) {
                    withPid(Long.parseLong(folder.getFileName().toString())).ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean contains(List<String> arguments, List<String> words) {
        return java.util.Collections.indexOfSubList(arguments, words) >= 0;
    }

    private static List<String> arguments(Path folder) {
        try {
            String line = Files.readString(folder.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(line.split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    public boolean alive() {
        return withPid(pid).filter(this::equals).isPresent();
    }

    /** The file as the process sees it, through its mount namespace. */
    public Path view(Path absolute) {
        return PROC.resolve(pid + "/root").resolve(absolute.toString().substring(1));
    }

    /** Asks the process to end, and kills it after the grace. Returns when it is gone. */
    public void end(Duration grace) {
        if (!alive()) {
            return;
        }
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        if (handle.isPresent() && !awaitEnd(handle.get(), handle.get().destroy() ? grace : Duration.ZERO)) {
            handle.get().destroyForcibly();
            awaitEnd(handle.get(), Duration.ofSeconds(10));
        }
    }

    private static boolean awaitEnd(ProcessHandle handle, Duration limit) {
        try {
            handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process ends", e);
        }
    }

    /** Writes the process down for the next one of us. */
    public void record(Path file) {
        try {
            Path draft = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(draft, pid + " " + startTick + "\n");
            Files.move(draft, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The recorded process, if it still lives. */
    public static Optional<MachineProcess> recorded(Path file) {
        try {
            String[] words = Files.readString(file).strip().split(" ");
            return Optional.of(new MachineProcess(Long.parseLong(words[0]), Long.parseLong(words[1])))
                .filter(MachineProcess::alive);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

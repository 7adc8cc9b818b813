package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a journal's file holds after each way in which a disk can fail it. */
final class JournalFileTest {

    private static final Logger CUTS = Logger.getLogger(JournalFile.class.getName());

    @BeforeAll
    static void keepQuietAboutCutTails() {
        CUTS.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        CUTS.setLevel(Level.INFO);
    }

    private static byte[] record(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> replay(JournalFile journal) throws IOException {
        var texts = new ArrayList<String>();
        journal.replay(bytes -> texts.add(new String(bytes, StandardCharsets.UTF_8)));
        return texts;
    }

    private static JournalFile open(byte[] content) throws IOException {
        return JournalFile.open("test", new FaultyFile(content));
    }

    private static byte[] journalOf(String... texts) throws IOException {
        var file = new FaultyFile(new byte[0]);
        var journal = JournalFile.open("test", file);
        for (var text : texts) {
            journal.append(List.of(record(text)));
        }
        return file.content();
    }

    @Test
    void replaysWhatWasAppended() throws IOException {
        assertEquals(List.of("one", "", "three"), replay(open(journalOf("one", "", "three"))));
        assertEquals(List.of(), replay(open(journalOf())));
    }

    @Test
    void recordsAppendedTogetherShareOneForce() throws IOException {
        var file = new FaultyFile(new byte[0]);
        var journal = JournalFile.open("test", file);
        int before = file.forces();
        journal.append(List.of(record("a"), record("b"), record("c")));
        assertEquals(before + 1, file.forces());
    }

    @Test
    void cutsOffATornTailWhereverItIsTorn() throws IOException {
        var whole = journalOf("one", "two", "a longer third record");
        int two = journalOf("one", "two").length;
        for (int length = two; length < whole.length; length++) {
            var journal = open(Arrays.copyOf(whole, length));
            assertEquals(List.of("one", "two"), replay(journal));
            journal.append(List.of(record("four")));
            assertEquals(List.of("one", "two", "four"), replay(journal));
        }
    }

    @Test
    void refusesEveryFlippedByteBeforeTheLastAppend() throws IOException {
        var whole = journalOf("one", "two", "three");
        int two = journalOf("one", "two").length;
        for (int at = 0; at < two; at++) {
            var damaged = whole.clone();
            damaged[at] ^= 0x40;
            assertThrows(CorruptStoreException.class, () -> open(damaged), "byte " + at);
        }
    }

    @Test
    void saysWhereTheDamageIs() throws IOException {
        var damaged = journalOf("one", "two", "three");
        damaged[journalOf("one").length + 17] ^= 1;
        var corrupt = assertThrows(CorruptStoreException.class, () -> open(damaged));
        assertTrue(corrupt.getMessage().contains("byte " + journalOf("one").length), corrupt.getMessage());
    }

    @Test
    void takesATornBatchForATornTailThoughItsEndIsWhole() throws IOException {
        var file = new FaultyFile(journalOf("one"));
        var journal = JournalFile.open("test", file);
        int one = (int) file.size();
        journal.append(List.of(record("two"), record("three")));
        var torn = file.content();
        Arrays.fill(torn, one, one + 10, (byte) 0);
        assertEquals(List.of("one"), replay(open(torn)));
    }

    @Test
    void refusesAnotherFileAndLeavesItAlone() {
        var other = record("sun");
        var refused = assertThrows(CorruptStoreException.class, () -> open(other));
        assertTrue(refused.getMessage().contains("not a journal"), refused.getMessage());
        assertThrows(CorruptStoreException.class, () -> open(record("a long text that is something else")));
        var newer = assertThrows(CorruptStoreException.class, () -> open(record("STARJRN9 and more")));
        assertTrue(newer.getMessage().contains("format"), newer.getMessage());
    }

    @Test
    void startsAnewOverAMagicThatWasCutShort() throws IOException {
        assertEquals(List.of(), replay(open(record("STAR"))));
        assertEquals(List.of(), replay(open(new byte[8])));
    }

    @Test
    void writesShortUntilAllIsWritten() throws IOException {
        var file = new FaultyFile(new byte[0]);
        file.writesAtMost(3);
        JournalFile.open("test", file).append(List.of(record("a record longer than three bytes")));
        assertEquals(List.of("a record longer than three bytes"), replay(open(file.content())));
    }

    @Test
    void aFullDiskLeavesNoTraceAndLaterAppendsWork() throws IOException {
        var file = new FaultyFile(journalOf("one"));
        var journal = JournalFile.open("test", file);
        file.room(file.size() + 20);
        assertThrows(IOException.class, () -> journal.append(List.of(record("does not fit"))));
        assertEquals(List.of("one"), replay(journal));
        file.room(Long.MAX_VALUE);
        journal.append(List.of(record("fits")));
        assertEquals(List.of("one", "fits"), replay(journal));
        assertArrayEquals(journalOf("one", "fits"), file.content());
    }

    @Test
    void aFailedForceLeavesNoTraceOnceALaterOneWorks() throws IOException {
        var file = new FaultyFile(journalOf("one"));
        var journal = JournalFile.open("test", file);
        file.refusesForce(true);
        assertThrows(IOException.class, () -> journal.append(List.of(record("unsure"))));
        file.refusesForce(false);
        journal.append(List.of(record("sure")));
        assertEquals(List.of("one", "sure"), replay(open(file.content())));
    }

    @Test
    void aPowerCutLosesNothingAcknowledged() throws IOException {
        for (int seed = 0; seed < 500; seed++) {
            var chance = new Random(seed);
            var file = new FaultyFile(new byte[0]);
            var journal = JournalFile.open("test", file);
            var acknowledged = new ArrayList<String>();
            for (int batch = chance.nextInt(5); batch > 0; batch--) {
                var texts = texts(chance);
                journal.append(texts.stream().map(JournalFileTest::record).toList());
                acknowledged.addAll(texts);
            }
            var inFlight = texts(chance);
            file.refusesForce(true);
            assertThrows(IOException.class,
                    () -> journal.append(inFlight.stream().map(JournalFileTest::record).toList()));
            var found = replay(open(file.afterPowerCut(chance)));
            var possible = new ArrayList<>(acknowledged);
            possible.addAll(inFlight);
            assertTrue(found.size() >= acknowledged.size(), "seed " + seed);
            assertEquals(possible.subList(0, found.size()), found, "seed " + seed);
        }
    }

    private static List<String> texts(Random chance) {
        return IntStream.rangeClosed(0, chance.nextInt(4)).mapToObj(_ -> "x".repeat(chance.nextInt(900))).toList();
    }
}

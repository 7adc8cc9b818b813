package dev.starling.node.cri;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;

/**
 * The image of a sandbox's first process, which holds the namespaces open and does nothing else. The program is a
 * whole Linux executable of under 250 bytes: it ignores SIGCHLD, so that the kernel collects orphans, and then pauses
 * for ever. SIGKILL ends it.
 */
final class PauseImage {
    static final String REFERENCE = "starling.local/pause:1";

    private static final long ADDRESS = 0x400000;
    private static final int HEADER_BYTES = 64 + 56;

    // mov eax,13 (rt_sigaction); mov edi,17; lea rsi,[act]; xor edx,edx; mov r10d,8; syscall; again: mov eax,34
    // (pause); syscall; jmp again
    private static final String X86_64 = "b80d000000bf11000000488d351700000031d241ba080000000f05"
        + "b8220000000f05ebf70f1f4000";
    // mov x8,134 (rt_sigaction); mov x0,17; adr x1,act; mov x2,0; mov x3,8; svc 0; again: mov x0..x4,0; mov x8,73
    // (ppoll); svc 0; b again
    private static final String AARCH64 = "c81080d2200280d281010010020080d2030180d2010000d4"
        + "000080d2010080d2020080d2030080d2040080d2280980d2010000d4f9ffff17";
    // struct sigaction: SIG_IGN, no flags, no restorer, no mask
    private static final String ACTION = "0100000000000000" + "00".repeat(24);

    private PauseImage() {}

    static ImageArchive archive() {
        ImageArchive.Entry program = ImageArchive.Entry.program("pause", program(System.getProperty("os.arch")));
        return new ImageArchive(REFERENCE, List.of(program), ImageArchive.Config.running("/pause"));
    }

    /** An executable in ELF with one segment. */
    static byte[] program(String architecture) {
        boolean arm = architecture.equals("aarch64");
        byte[] code = HexFormat.of().parseHex((arm ? AARCH64 : X86_64) + ACTION);
        int size = HEADER_BYTES + code.length;
        ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(HexFormat.of().parseHex("7f454c46020101000000000000000000"));
        elf.putShort((short) 2).putShort((short) (arm ? 183 : 62)).putInt(1);
        elf.putLong(ADDRESS + HEADER_BYTES).putLong(64).putLong(0);
        elf.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 1);
        elf.putShort((short) 64).putShort((short) 0).putShort((short) 0);
        elf.putInt(1).putInt(5).putLong(0).putLong(ADDRESS).putLong(ADDRESS);
        elf.putLong(size).putLong(size).putLong(0x10000);
        elf.put(code);
        return elf.array();
    }
}

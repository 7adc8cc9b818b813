package dev.starling.apiserver.http;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

/**
 * The far side of an exec or attach without input, in as much SPDY/3.1 as a client waits for: accepts the streams for
 * error, standard output and standard error, which come in this order, says one text and ends with success.
 */
record SpdyCommand(String says) implements FakeStreamingServer.Talk {
    private static final int CONTROL = 0x8003; // the control bit and the version
    private static final int SYN_STREAM = 1;
    private static final int SYN_REPLY = 2;
    private static final int LAST_OF_STREAM = 1 << 24; // flag in the word that tells the length
    private static final int LENGTH = LAST_OF_STREAM - 1;
    private static final int STREAMS = 3;
    private static final byte[] NO_HEADERS = new byte[4];

    @Override
    public void with(Socket connection) throws IOException {
        var in = new DataInputStream(connection.getInputStream());
        var out = new DataOutputStream(connection.getOutputStream());
        var streams = new ArrayList<Integer>();
        try (var headers = new Deflater()) {
            while (streams.size() < STREAMS) {
                int first = in.readInt();
                byte[] body = in.readNBytes(in.readInt() & LENGTH);
                if (first == (CONTROL << 16 | SYN_STREAM)) {
                    streams.add(streamOf(body));
                    reply(out, streams.getLast(), headers);
                }
            }
        } catch (EOFException e) {
            return; // the client has gone without asking for a command
        }
        speak(out, streams);
        in.readAllBytes();
    }

    private static int streamOf(byte[] synStream) {
        return java.nio.ByteBuffer.wrap(synStream).getInt();
    }

    /** One deflater serves all replies of a connection; clients accept that it uses no dictionary. */
    private static void reply(DataOutputStream out, int stream, Deflater deflater) throws IOException {
        var block = new byte[64];
        deflater.setInput(NO_HEADERS);
        int length = deflater.deflate(block, 0, block.length, Deflater.SYNC_FLUSH);
        out.writeInt(CONTROL << 16 | SYN_REPLY);
        out.writeInt(Integer.BYTES + length);
        out.writeInt(stream);
        out.write(block, 0, length);
        out.flush();
    }

    private void speak(DataOutputStream out, List<Integer> streams) throws IOException {
        end(out, streams.get(1), says);
        end(out, streams.get(2), "");
        end(out, streams.get(0), "{\"metadata\":{},\"status\":\"Success\"}");
        out.flush();
    }

    private static void end(DataOutputStream out, int stream, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(stream);
        out.writeInt(LAST_OF_STREAM | bytes.length);
        out.write(bytes);
    }
}

package dev.starling.node.probe;

import dev.starling.kube.api.Release;
import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * One GET on a connection of its own, without a client library: a probe wants the status line alone. Any status from
 * 200 to 399 is a success; redirects are not followed. Certificates are not verified, as the kubelet does not.
 */
final class HttpProbe {
    private static final int LONGEST_LINE = 8_192;

    private final JsonObject get;
    private final String host;
    private final int port;
    private final Duration timeout;
    private final String path;
    private final boolean secure;

    HttpProbe(JsonObject get, String host, int port, Duration timeout) {
        this.get = get;
        this.host = host;
        this.port = port;
        this.timeout = timeout;
        String asked = get.text("path");
        this.path = asked.isEmpty() ? "/" : asked.startsWith("/") ? asked : "/" + asked;
        this.secure = get.text("scheme").equals("HTTPS");
    }

    ProbeResult ask() {
        long deadline = System.nanoTime() + timeout.toNanos();
        String url = (secure ? "https" : "http") + "://" + host + ":" + port + path;
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            plain.setSoTimeout((int) timeout.toMillis());
            try (var socket = secure ? secured(plain) : plain) {
                socket.getOutputStream().write(request().getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                int status = status(line(socket, deadline));
                return status >= 200 && status < 400 ? ProbeResult.OK
                        : ProbeResult.failed("HTTP probe failed with statuscode: " + status);
            }
        } catch (SocketTimeoutException e) {
            return ProbeResult.failed("Get \"" + url + "\": context deadline exceeded (Client.Timeout exceeded while "
                    + "awaiting headers)");
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return ProbeResult.failed("Get \"" + url + "\": " + Prober.dial(host, port, e));
        }
    }

    private Socket secured(Socket plain) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        return context.getSocketFactory().createSocket(plain, host, port, true);
    }

    private String request() {
        var request = new StringBuilder("GET " + path.replaceAll("\\s", "%20") + " HTTP/1.1\r\n");
        String named = "";
        boolean agent = false;
        boolean accept = false;
        for (var header : get.array("httpHeaders").objects()) {
            String name = header.text("name");
            if (name.equalsIgnoreCase("Host")) {
                named = header.text("value").replaceAll("[\r\n]", " ");
                continue;
            }
            agent |= name.equalsIgnoreCase("User-Agent");
            accept |= name.equalsIgnoreCase("Accept");
            request.append(name).append(": ").append(header.text("value").replaceAll("[\r\n]", " ")).append("\r\n");
        }
        request.append("Host: ").append(named.isEmpty() ? host + ":" + port : named).append("\r\n");
        if (!agent) {
            request.append("User-Agent: kube-probe/" + Release.KUBERNETES + "\r\n");
        }
        if (!accept) {
            request.append("Accept: */*\r\n");
        }
        return request.append("Connection: close\r\n\r\n").toString();
    }

    /** The first line. A server that sends it piece by piece has no more time than one that sends it at once. */
    private static String line(Socket socket, long deadline) throws IOException {
        var in = socket.getInputStream();
        var line = new StringBuilder();
        var piece = new byte[LONGEST_LINE];
        while (line.indexOf("\n") < 0 && line.length() < LONGEST_LINE) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("no answer in time");
            }
            socket.setSoTimeout((int) left);
            int count = in.read(piece);
            if (count < 0) {
                break;
            }
            line.append(new String(piece, 0, count, StandardCharsets.ISO_8859_1));
        }
        return line.toString().lines().findFirst().orElse("").strip();
    }

    private static int status(String line) throws IOException {
        var parts = line.split(" ");
        if (!line.startsWith("HTTP/") || parts.length < 2 || !parts[1].matches("[0-9]{3}")) {
            throw new IOException("malformed HTTP response \"" + line + "\"");
        }
        return Integer.parseInt(parts[1]);
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package dev.starling.apiserver.cel;

import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.starling.apiserver.cel.Functions.Form;
import dev.starling.apiserver.schema.ValueFormats;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** {@code ip("10.0.0.1")}, {@code cidr("10.0.0.0/8")} and what can be asked of them. */
final class AddressFunctions {
    private static final OpaqueType IP = OpaqueType.create("net.IP");
    private static final OpaqueType CIDR = OpaqueType.create("net.CIDR");

    private AddressFunctions() {
    }

    /** An address, which was a literal: no name is ever looked up. */
    private record Ip(InetAddress address) {
        static Optional<Ip> parse(String text) {
            try {
                return ValueFormats.fits("ipv4", text) || ValueFormats.fits("ipv6", text)
                        ? Optional.of(new Ip(InetAddress.getByName(text))) : Optional.empty();
            } catch (UnknownHostException e) {
                return Optional.empty();
            }
        }

        static Ip of(String text) {
            return parse(text).orElseThrow(() -> new IllegalArgumentException("IP Address \"" + text
                    + "\" parse error during conversion from string"));
        }

        int bits() {
            return address.getAddress().length * 8;
        }

        BigInteger number() {
            return new BigInteger(1, address.getAddress());
        }

        @Override
        public String toString() {
            return address.getHostAddress();
        }
    }

    /** A range of addresses. */
    private record Cidr(Ip ip, int prefix) {
        static Optional<Cidr> parse(String text) {
            int slash = text.indexOf('/');
            return ValueFormats.fits("cidr", text) ? Ip.parse(text.substring(0, slash))
                    .map(ip -> new Cidr(ip, Integer.parseInt(text.substring(slash + 1)))) : Optional.empty();
        }

        static Cidr of(String text) {
            return parse(text).orElseThrow(() -> new IllegalArgumentException("network address parse error during "
                    + "conversion from string: invalid CIDR " + text));
        }

        boolean contains(Ip other) {
            int host = ip.bits() - prefix;
            return other.bits() == ip.bits() && other.number().shiftRight(host).equals(ip.number().shiftRight(host));
        }

        boolean contains(Cidr other) {
            return other.prefix() >= prefix && contains(other.ip());
        }

        Cidr masked() {
            int host = ip.bits() - prefix;
            byte[] bytes = ip.number().shiftRight(host).shiftLeft(host).toByteArray();
            byte[] whole = new byte[ip.bits() / 8];
            int length = Math.min(bytes.length, whole.length);
            System.arraycopy(bytes, bytes.length - length, whole, whole.length - length, length);
            try {
                return new Cidr(new Ip(InetAddress.getByAddress(whole)), prefix);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address of " + whole.length + " bytes", e);
            }
        }

        @Override
        public String toString() {
            return ip + "/" + prefix;
        }
    }

    static void addTo(Functions functions) {
        functions.values(IP, Ip.class).values(CIDR, Cidr.class);
        ips(functions);
        cidrs(functions);
    }

    private static void ips(Functions functions) {
        functions.global("ip", new Form("string_to_ip", IP, SimpleType.STRING), a -> Ip.of((String) a[0]))
                .global("isIP", new Form("is_ip", SimpleType.BOOL, SimpleType.STRING),
                        a -> Ip.parse((String) a[0]).isPresent())
                .global("ip.isCanonical", new Form("ip_is_canonical", SimpleType.BOOL, SimpleType.STRING),
                        a -> Ip.of((String) a[0]).toString().equals(a[0]))
                .global("string", new Form("ip_to_string", SimpleType.STRING, IP), a -> a[0].toString())
                .member("family", new Form("ip_family", SimpleType.INT, IP),
                        a -> ((Ip) a[0]).bits() == 32 ? 4L : 6L)
                .member("isUnspecified", new Form("ip_is_unspecified", SimpleType.BOOL, IP),
                        a -> ((Ip) a[0]).address().isAnyLocalAddress())
                .member("isLoopback", new Form("ip_is_loopback", SimpleType.BOOL, IP),
                        a -> ((Ip) a[0]).address().isLoopbackAddress())
                .member("isLinkLocalMulticast", new Form("ip_is_link_local_multicast", SimpleType.BOOL, IP),
                        a -> ((Ip) a[0]).address().isMCLinkLocal())
                .member("isLinkLocalUnicast", new Form("ip_is_link_local_unicast", SimpleType.BOOL, IP),
                        a -> ((Ip) a[0]).address().isLinkLocalAddress())
                .member("isGlobalUnicast", new Form("ip_is_global_unicast", SimpleType.BOOL, IP),
                        a -> isGlobal(((Ip) a[0]).address()));
    }

    private static boolean isGlobal(InetAddress address) {
        return !address.isAnyLocalAddress() && !address.isLoopbackAddress() && !address.isMulticastAddress()
                && !address.isLinkLocalAddress();
    }

    private static void cidrs(Functions functions) {
        functions.global("cidr", new Form("string_to_cidr", CIDR, SimpleType.STRING), a -> Cidr.of((String) a[0]))
                .global("isCIDR", new Form("is_cidr", SimpleType.BOOL, SimpleType.STRING),
                        a -> Cidr.parse((String) a[0]).isPresent())
                .global("string", new Form("cidr_to_string", SimpleType.STRING, CIDR), a -> a[0].toString())
                .member("containsIP", new Form("cidr_contains_ip_ip", SimpleType.BOOL, CIDR, IP),
                        a -> ((Cidr) a[0]).contains((Ip) a[1]))
                .member("containsIP", new Form("cidr_contains_ip_string", SimpleType.BOOL, CIDR, SimpleType.STRING),
                        a -> ((Cidr) a[0]).contains(Ip.of((String) a[1])))
                .member("containsCIDR", new Form("cidr_contains_cidr", SimpleType.BOOL, CIDR, CIDR),
                        a -> ((Cidr) a[0]).contains((Cidr) a[1]))
                .member("containsCIDR", new Form("cidr_contains_cidr_string", SimpleType.BOOL, CIDR,
                        SimpleType.STRING), a -> ((Cidr) a[0]).contains(Cidr.of((String) a[1])))
                .member("ip", new Form("cidr_ip", IP, CIDR), a -> ((Cidr) a[0]).ip())
                .member("masked", new Form("cidr_masked", CIDR, CIDR), a -> ((Cidr) a[0]).masked())
                .member("prefixLength", new Form("cidr_prefix_length", SimpleType.INT, CIDR),
                        a -> (long) ((Cidr) a[0]).prefix());
    }
}

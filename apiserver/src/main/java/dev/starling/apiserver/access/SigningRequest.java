package dev.starling.apiserver.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/** What a PKCS#10 request asks for. */
public final class SigningRequest {
    private static final String BEGIN = "-----BEGIN CERTIFICATE REQUEST-----";
    private static final String END = "-----END CERTIFICATE REQUEST-----";

    private final PKCS10CertificationRequest request;

    private SigningRequest(PKCS10CertificationRequest request) {
        this.request = request;
    }

    /** @throws IllegalArgumentException if it is not a request in PEM */
    public static SigningRequest parse(byte[] pem) {
        String text = new String(pem, StandardCharsets.US_ASCII);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("PEM block type must be CERTIFICATE REQUEST");
        }
        try {
            return new SigningRequest(new PKCS10CertificationRequest(
                    Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end))));
        } catch (IOException e) {
            throw new IllegalArgumentException("the request cannot be read: " + e.getMessage(), e);
        }
    }

    public String commonName() {
        return String.join("", subject(BCStyle.CN));
    }

    public List<String> organizations() {
        return subject(BCStyle.O);
    }

    private List<String> subject(ASN1ObjectIdentifier part) {
        return Arrays.stream(request.getSubject().getRDNs(part))
                .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues())).filter(one -> one.getType().equals(part))
                .map(one -> IETFUtils.valueToString(one.getValue())).toList();
    }

    public List<String> dnsNames() {
        return alternative(GeneralName.dNSName);
    }

    public List<String> emails() {
        return alternative(GeneralName.rfc822Name);
    }

    public List<String> uris() {
        return alternative(GeneralName.uniformResourceIdentifier);
    }

    public List<String> addresses() {
        return alternative(GeneralName.iPAddress);
    }

    private List<String> alternative(int kind) {
        var found = new ArrayList<String>();
        for (var name : alternativeNames().getNames()) {
            if (name.getTagNo() == kind) {
                found.add(name.getName().toString());
            }
        }
        return found;
    }

    GeneralNames alternativeNames() {
        var extensions = request.getRequestedExtensions();
        var names = extensions == null ? null
                : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
        return names == null ? new GeneralNames(new GeneralName[0]) : names;
    }

    PKCS10CertificationRequest encoded() {
        return request;
    }

    /** Whether who made the request has the key that it is about. */
    boolean holdsKey() {
        try {
            return request.isSignatureValid(new JcaContentVerifierProviderBuilder()
                    .build(request.getSubjectPublicKeyInfo()));
        } catch (PKCSException | OperatorCreationException e) {
            return false;
        }
    }
}

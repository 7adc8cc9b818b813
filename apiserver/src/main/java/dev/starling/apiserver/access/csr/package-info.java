/** CertificateSigningRequests: who asks, who approves, and the signers of this server. */
@NullMarked
package dev.starling.apiserver.access.csr;

import org.jspecify.annotations.NullMarked;

package dev.starling.app.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.app.options.Arguments.UsageException;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.net.PortRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceSettingsTest {
    private static ServiceSettings parse(String... words) {
        return UpSettings.parse(List.of(words), Path.of("usual")).services();
    }

    @Test
    void giveServicesThePortsOfKubernetesAndNoBalancers() {
        assertEquals(new ServiceSettings(new PortRange(30_000, 32_767), Optional.empty()), parse());
    }

    @Test
    void takeRanges() {
        assertEquals(new ServiceSettings(new PortRange(31_000, 31_099),
                Optional.of(AddressRange.parse("192.0.2.16/28"))),
                parse("--service-node-port-range", "31000-31099", "--load-balancer-range=192.0.2.16/28"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--service-node-port-range=30000", "--service-node-port-range=0-10",
        "--service-node-port-range=30001-30000", "--service-node-port-range=30000-65536",
        "--load-balancer-range=a", "--load-balancer-range=192.0.2.0/33", "--load-balancer-range=11.0.0.0/15",
        "--load-balancer-range=10.100.0.0/24", "--load-balancer-range=10.150.0.0/24",
        "--load-balancer-range=127.0.0.0/24"})
    void refuseWhatIsNoRange(String word) {
        assertThrows(UsageException.class, () -> parse(word));
    }
}

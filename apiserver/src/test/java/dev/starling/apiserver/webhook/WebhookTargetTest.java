package dev.starling.apiserver.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.apiserver.registry.Objects;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebhookTargetTest {

    @Test
    void aServiceListensOnTheRootOfItsHttpsPortUnlessItSaysMore() {
        var target = WebhookTarget.of(Objects.json("{'service':{'namespace':'a','name':'b'},'caBundle':'eA=='}"));
        assertEquals(new WebhookTarget(new WebhookTarget.Place.InService("a", "b", 443, "/"), "x"), target);
    }

    @Test
    void aUrlStandsForItself() {
        assertEquals(new WebhookTarget(new WebhookTarget.Place.Url(URI.create("https://h.example/p")), ""),
                WebhookTarget.of(Objects.json("{'url':'https://h.example/p'}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'url':'http://h/p'}", "{'url':'https://u@h/p'}", "{'url':'https://h/p?q'}",
        "{'url':'https://h','service':{'name':'b'}}", "{'url':'https://h','caBundle':'%'}"})
    void refusesWhatNamesNoOnePlace(String config) {
        assertThrows(IllegalArgumentException.class, () -> WebhookTarget.of(Objects.json(config)));
    }
}

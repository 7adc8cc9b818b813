package dev.starling.app;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.base.DescribedPredicate;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The walls that the compiler does not keep: quarantined libraries, no package cycles, no hidden clocks. */
final class ArchitectureTest {
    private static JavaClasses product;

    @BeforeAll
    static void readTheProduct() {
        product = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.starling");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.starling.(**)").should().beFreeOfCycles().check(product);
    }

    @ParameterizedTest
    @CsvSource({
        "com.fasterxml.jackson.., dev.starling.kube.json..",
        "org.snakeyaml.., dev.starling.kube.yaml..",
        "org.rocksdb.., dev.starling.store..",
        "org.eclipse.jetty.., dev.starling.apiserver.http..",
        "dev.cel.., dev.starling.apiserver.cel..",
        "com.google.re2j.., dev.starling.apiserver.schema..",
        "org.bouncycastle.., dev.starling.apiserver.access..",
        "io.grpc.., dev.starling.node.cri..",
        "picocli.., dev.starling.cli..",
    })
    void onlyOnePackageKnowsTheLibrary(String library, String home) {
        noClasses().that().resideOutsideOfPackages(home, "runtime.v1..")
                .should().dependOnClassesThat().resideInAPackage(library).check(product);
    }

    @Test
    void clientsNeverSeeTheServer() {
        noClasses().that().resideInAnyPackage("dev.starling.kube..", "dev.starling.control..", "dev.starling.node..",
                        "dev.starling.gateway..", "dev.starling.billing..", "dev.starling.cli..")
                .should().dependOnClassesThat().resideInAPackage("dev.starling.apiserver..").check(product);
    }

    @Test
    void decisionsKnowNoClockAndNoChance() {
        noClasses().that().resideInAnyPackage("dev.starling.control..", "dev.starling.gateway..",
                        "dev.starling.billing..", "dev.starling.kube.object..", "dev.starling.kube.patch..")
                .should().callMethod(Instant.class, "now").orShould().callMethod(System.class, "currentTimeMillis")
                .orShould().callMethod(System.class, "nanoTime").orShould().callMethod(Clock.class, "systemUTC")
                .orShould().dependOnClassesThat().belongToAnyOf(Random.class, ThreadLocalRandom.class).check(product);
    }

    @Test
    void classesAreFinalOrSealed() {
        var open = DescribedPredicate.<JavaClass>describe("are ordinary classes", type -> !type.isInterface()
                && !type.isEnum() && !type.isAnonymousClass() && !type.getModifiers().contains(JavaModifier.ABSTRACT)
                && !type.reflect().isSealed() && !type.getPackageName().startsWith("dev.starling.node.cri.proto"));
        classes().that(open).should().haveModifier(JavaModifier.FINAL).check(product);
    }
}

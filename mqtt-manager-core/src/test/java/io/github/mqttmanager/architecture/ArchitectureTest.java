package io.github.mqttmanager.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.mqttmanager.MqttManager;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rules of the house. Each is asked twice: of the library, which keeps it, and of classes that were written to break it, under
 * {@code bad}, or a rule that cannot fail would go unnoticed.
 */
class ArchitectureTest {
    private static final String ROOT = "io.github.mqttmanager";
    private static final String BAD = ROOT + ".architecture.bad";
    private static final String[] CLIENT = {"com.hivemq..", "io.reactivex..", "org.reactivestreams..", "io.netty.."};

    /** The only ones that know the client. */
    private static final Set<String> CLIENTS_NEIGHBOURS = Set.of(
            "HiveMqLink",
            "Mqtt5Link",
            "Mqtt3Link",
            "EventLoops",
            "SocketWatch",
            "PacketSizeLimit",
            "ReadBuffers",
            "Releases",
            "InboundFlow",
            "TlsMaterial",
            "FailureClassifier");

    /** Where the real time comes in, to be handed on; and the wait of a caller who closes. */
    private static final Set<String> TIME_COMES_IN = Set.of("MqttManager", "Connections");

    private static final JavaClasses LIBRARY = library();
    private static final JavaClasses BAD_CLASSES = new ClassFileImporter().importPackages(BAD);

    private static JavaClasses library() {
        try {
            return new ClassFileImporter()
                    .importPath(Path.of(MqttManager.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A rule and the class under {@code bad} that breaks it. */
    private enum Rule {
        TOPIC_IS_A_LEAF("topic.KnowsABroker") {
            @Override
            ArchRule of(String root) {
                return knowsOnly(root, "topic");
            }
        },
        BROKER_KNOWS_TOPICS("broker.KnowsPublishes") {
            @Override
            ArchRule of(String root) {
                return knowsOnly(root, "broker", "topic");
            }
        },
        PUBLISH_KNOWS_BROKERS_AND_TOPICS("publish.KnowsConnections") {
            @Override
            ArchRule of(String root) {
                return knowsOnly(root, "publish", "broker", "topic");
            }
        },
        CONNECTION_DOES_NOT_KNOW_DEVICES("connection.KnowsDevices") {
            @Override
            ArchRule of(String root) {
                return knowsOnly(root, "connection", "publish", "broker", "topic");
            }
        },
        DEVICE_DOES_NOT_KNOW_CONNECTIONS("device.KnowsConnections") {
            @Override
            ArchRule of(String root) {
                return knowsOnly(root, "device", "publish", "broker", "topic");
            }
        },
        NO_CYCLES("connection.KnowsDevices") {
            @Override
            ArchRule of(String root) {
                return slices().matching(root + ".(*)..").should().beFreeOfCycles();
            }
        },
        ONLY_THE_LINKS_KNOW_THE_CLIENT("broker.UsesTheClient") {
            @Override
            ArchRule of(String root) {
                return noClasses()
                        .that(aside(CLIENTS_NEIGHBOURS, root + ".connection"))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(CLIENT);
            }
        },
        WHO_KNOWS_THE_CLIENT_IS_HIDDEN("connection.HiveMqLink") {
            @Override
            ArchRule of(String root) {
                return classes()
                        .that(dependOnTheClient())
                        .and()
                        .areTopLevelClasses()
                        .should()
                        .bePackagePrivate()
                        .andShould()
                        .resideInAPackage(root + ".connection");
            }
        },
        NO_PUBLIC_SIGNATURE_CARRIES_THE_CLIENT("connection.HiveMqLink") {
            @Override
            ArchRule of(String root) {
                return classes().that().arePublic().should(showNothingOf(CLIENT));
            }
        },
        NOTHING_ELSE_IS_NEEDED("device.UsesAFramework") {
            @Override
            ArchRule of(String root) {
                // No Spring, no jakarta.persistence, no JSON, no logging but through SLF4J.
                return classes()
                        .should()
                        .onlyDependOnClassesThat(resideInAnyPackage(
                                root + "..",
                                ROOT + "..",
                                "java..",
                                "javax.net.ssl",
                                "javax.security.auth.x500",
                                "org.slf4j",
                                "org.jspecify.annotations",
                                CLIENT[0],
                                CLIENT[1],
                                CLIENT[2],
                                CLIENT[3]));
            }
        },
        TIME_IS_HANDED_IN("device.ReadsTheClock") {
            @Override
            ArchRule of(String root) {
                return classes().that(aside(TIME_COMES_IN, root)).should(notTouchTheRealTime());
            }
        },
        TIME_IS_NOT_EVEN_REFERRED_TO("device.HandsTheClockOn") {
            @Override
            ArchRule of(String root) {
                return TIME_IS_HANDED_IN.of(root);
            }
        },
        EVERY_PACKAGE_IS_NULL_MARKED("unmarked.SaysNothingOfNull") {
            @Override
            ArchRule of(String root) {
                return classes().should(resideInANullMarkedPackage());
            }
        },
        NAMES_ARE_NOUNS_OF_THE_FIELD("publish.PublishHelper") {
            @Override
            ArchRule of(String root) {
                return noClasses().should().haveNameMatching(".*(Impl|Helpers?|Utils?|Abstract\\w+|I[A-Z][a-z]+able)");
            }
        };

        private final String breaker;

        Rule(String breaker) {
            this.breaker = breaker;
        }

        abstract ArchRule of(String root);

        List<String> violations(JavaClasses classes, String root) {
            return of(root).evaluate(classes).getFailureReport().getDetails();
        }
    }

    private static ArchRule knowsOnly(String root, String who, String... whom) {
        String[] known = Stream.concat(Stream.of(who), Arrays.stream(whom))
                .map(name -> root + "." + name + "..")
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(root + "." + who + "..")
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(root + "..").or(resideInAnyPackage(known)));
    }

    private static DescribedPredicate<JavaClass> aside(Set<String> names, String packagePrefix) {
        return new DescribedPredicate<>("all but %s", names) {
            @Override
            public boolean test(JavaClass type) {
                String name = type.getName();
                String topLevel = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
                return !(topLevel.startsWith(packagePrefix)
                        && names.contains(topLevel.substring(topLevel.lastIndexOf('.') + 1)));
            }
        };
    }

    private static DescribedPredicate<JavaClass> dependOnTheClient() {
        DescribedPredicate<JavaClass> client = resideInAnyPackage(CLIENT);
        return new DescribedPredicate<>("depend on the client") {
            @Override
            public boolean test(JavaClass type) {
                return type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency ->
                                client.test(dependency.getTargetClass().getBaseComponentType()));
            }
        };
    }

    private static ArchCondition<JavaClass> showNothingOf(String... packages) {
        DescribedPredicate<JavaClass> hidden = resideInAnyPackage(packages);
        return new ArchCondition<>("show nothing of the client") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaMember member : type.getMembers()) {
                    boolean shown = member.getModifiers().contains(JavaModifier.PUBLIC)
                            || member.getModifiers().contains(JavaModifier.PROTECTED);
                    Stream<JavaType> types = member instanceof JavaCodeUnit unit
                            ? Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
                            : Stream.of(((JavaField) member).getType());
                    if (shown
                            && types.flatMap(t -> t.getAllInvolvedRawTypes().stream())
                                    .anyMatch(hidden)) {
                        events.add(SimpleConditionEvent.violated(member, member.getFullName() + " shows the client"));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> notTouchTheRealTime() {
        return new ArchCondition<>("not touch the real time") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream.of(
                                type.getMethodCallsFromSelf(),
                                type.getMethodReferencesFromSelf(),
                                type.getConstructorCallsFromSelf())
                        .flatMap(Set::stream)
                        .filter(access -> isRealTime(access.getTarget()))
                        .forEach(access -> events.add(SimpleConditionEvent.violated(access, access.getDescription())));
            }
        };
    }

    private static boolean isRealTime(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        boolean noArguments = target instanceof AccessTarget.CodeUnitAccessTarget unit
                && unit.getRawParameterTypes().isEmpty();
        return switch (owner) {
            case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
            case "java.lang.Thread" -> name.equals("sleep");
            case "java.time.Clock", "java.time.InstantSource" -> name.startsWith("system");
            case "java.util.Date" -> name.equals("<init>") && noArguments;
            case "java.util.concurrent.CompletableFuture" ->
                name.equals("orTimeout") || name.equals("completeOnTimeout") || name.equals("delayedExecutor");
            default -> owner.startsWith("java.time.") && name.equals("now") && noArguments;
        };
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a @NullMarked package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + " is in a package without @NullMarked"));
                }
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void theLibraryKeepsTo(Rule rule) {
        assertThat(rule.violations(LIBRARY, ROOT)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whoBreaksItIsFound(Rule rule) {
        assertThat(rule.violations(BAD_CLASSES, BAD))
                .anyMatch(
                        violation -> violation.contains(BAD + "." + rule.breaker) || violation.contains(rule.breaker));
    }

    @Test
    void theRulesSeeTheWholeLibrary() {
        assertThat(LIBRARY.size()).isGreaterThan(100);
        assertThat(LIBRARY.contain(ROOT + ".connection.BrokerConnection")).isTrue();
        assertThat(LIBRARY.contain(BAD + ".broker.UsesTheClient")).isFalse();
        for (String neighbour : CLIENTS_NEIGHBOURS) {
            assertThat(dependOnTheClient().test(LIBRARY.get(ROOT + ".connection." + neighbour)))
                    .as(neighbour + " is on the list for a reason")
                    .isTrue();
        }
    }

    @Test
    void aClassThatBreaksNothingIsNotReported() {
        for (Rule rule : Rule.values()) {
            assertThat(rule.violations(BAD_CLASSES, BAD)).noneMatch(violation -> violation.contains("topic.Innocent"));
        }
    }
}

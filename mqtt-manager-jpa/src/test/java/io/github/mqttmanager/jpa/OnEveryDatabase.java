package io.github.mqttmanager.jpa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * All tests of the class, its own and those of a contract that it extends, run once for each of the {@link Databases}. The constructor
 * or a test is given the database: as {@link TestDatabase} one with tables that hold nothing yet and that all tests share, as {@link
 * Databases} the constant, for those that need one of their own. What the machine lacks is skipped, test by test.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(OnEveryDatabase.Invocations.class)
@interface OnEveryDatabase {
    /** An invocation for each database. */
    final class Invocations implements ClassTemplateInvocationContextProvider {
        @Override
        public boolean supportsClassTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
                ExtensionContext context) {
            return Arrays.stream(Databases.values()).map(Invocation::new);
        }
    }

    /** One database. */
    record Invocation(Databases database)
            implements ClassTemplateInvocationContext, ExecutionCondition, ParameterResolver {
        private static final ExtensionContext.Namespace SHARED =
                ExtensionContext.Namespace.create(OnEveryDatabase.class);

        @Override
        public String getDisplayName(int index) {
            return database.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return database.isAvailable()
                    ? ConditionEvaluationResult.enabled("is here")
                    : ConditionEvaluationResult.disabled(database + " is not here");
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == TestDatabase.class || type == Databases.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            if (parameter.getParameter().getType() == Databases.class) {
                return database;
            }
            // closed by JUnit after the last test
            return context.getRoot()
                    .getStore(SHARED)
                    .computeIfAbsent(database, Databases::open, TestDatabase.class)
                    .cleared();
        }
    }
}

package io.cioroutes.routes;

import io.cioroutes.CustomerioRoutes;
import io.cioroutes.delivery.RouteBeans;
import io.cioroutes.settings.ServiceEnvironment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplication.AbandonedRunException;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;

/** The beans and properties of the service. */
public final class SpringSurroundings implements Surroundings {

    private final Set<String> beans = new TreeSet<>();
    private final Environment environment;

    /** Those of a service that runs, or of one whose beans are only defined. */
    public SpringSurroundings(ConfigurableListableBeanFactory factory, Environment environment) {
        beans.addAll(List.of(factory.getBeanDefinitionNames()));
        beans.addAll(List.of(factory.getSingletonNames()));
        beans.addAll(RouteBeans.names());
        this.environment = environment;
    }

    /**
     * Those that the service would have with the settings of this process. Nothing is started and nothing is connected:
     * beans are defined and not made.
     */
    public static SpringSurroundings defined() {
        SpringApplication application = new SpringApplication(CustomerioRoutes.class);
        application.setDefaultProperties(Map.of("logging.level.root", "OFF"));
        application.setInitializers(List.of(new ServiceEnvironment()));
        application.setLogStartupInfo(false);
        GenericApplicationContext context;
        try {
            SpringApplication.withHook(
                    started -> new SpringApplicationRunListener() {
                        @Override
                        public void contextLoaded(ConfigurableApplicationContext ready) {
                            throw new AbandonedRunException(ready);
                        }
                    },
                    () -> application.run());
            throw new IllegalStateException("the start was to be abandoned");
        } catch (AbandonedRunException e) {
            context = (GenericApplicationContext) e.getApplicationContext();
        }
        context.refreshForAotProcessing(new RuntimeHints());
        return new SpringSurroundings(context.getBeanFactory(), context.getEnvironment());
    }

    @Override
    public Set<String> beans() {
        return beans;
    }

    @Override
    public Optional<String> property(String name) {
        return Optional.ofNullable(environment.getProperty(name));
    }
}

package io.cioroutes.sync;

import com.zaxxer.hikari.HikariDataSource;
import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.delivery.RouteBeans;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the route {@code user-sync} names. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(UserSyncProperties.class)
class UserSyncConfiguration {

    /** One for the query, one for the watermark. */
    private static final int CONNECTIONS = 2;

    @Bean
    Processor publishCommands(ConfirmedPublisher publisher) {
        return new PublishCommands(publisher);
    }

    /** No bean: Spring Boot would take the company's database for the service's own, and report on its health. */
    @Bean
    CamelContextConfiguration usersDatabase(UserSyncProperties properties) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // Nothing is connected before the first query.
                HikariDataSource database = new HikariDataSource();
                database.setPoolName("users");
                database.setJdbcUrl(properties.jdbc().url());
                database.setUsername(properties.jdbc().username());
                database.setPassword(properties.jdbc().password());
                database.setMaximumPoolSize(CONNECTIONS);
                database.setMinimumIdle(0);
                context.getRegistry().bind(RouteBeans.USERS_DATABASE, database);
                context.addLifecycleStrategy(new Closing(database));
            }

            @Override
            public void afterApplicationStart(CamelContext context) {}
        };
    }

    private static final class Closing extends org.apache.camel.support.LifecycleStrategySupport {
        private final HikariDataSource database;

        Closing(HikariDataSource database) {
            this.database = database;
        }

        @Override
        public void onContextStopped(CamelContext context) {
            database.close();
        }
    }
}
